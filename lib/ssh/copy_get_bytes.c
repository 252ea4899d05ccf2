/*
 * One file on its way from a host: its bytes.  A small one is asked for
 * together with its length, and comes to its place here at once; of a large
 * one, as many parts are asked for as the window takes.
 */
#include <string.h>

#include "base/mem.h"
#include "ssh/copy_get_internal.h"
#include "ssh/copy_text.h"

enum { GET_FILE_REQUESTS = 4 };

static void
deliver(struct getting *t, const uint8_t *bytes, size_t n, uint64_t at)
{
	struct get *g = t->get;

	if (t->failed)
		return;
	if (!g->output)
		(void)getting_write(t, bytes, n, at);
	else if (at == t->got)
		g->output->output(
		    g->output->arg, CHANNEL_STDOUT, (const char *)bytes, n);
	else
		getting_fail(t, "the host sends its parts in disorder");
	g->counts->bytes += n;
	g->how->watch->moved(g->how->watch->arg, n);
}

/* Where the first byte is that has not come: parts may come in any order. */
static void
count_got(struct getting *t)
{
	size_t i;

	t->got = t->next;
	for (i = 0; i < GET_READS; i++) {
		if (t->reads[i].n && t->reads[i].at < t->got)
			t->got = t->reads[i].at;
	}
}

static void
send_read(struct getting *t, size_t place)
{
	struct get_read *r = &t->reads[place];

	(void)sftp_put_read(getting_out(t), getting_request(t, GET_BODY, place),
	    getting_handle(t), r->at, r->n);
}

/* The host says that there are no more bytes.  Files of /sys are told to have
 * a page, and have fewer: these came with the first answer. */
static void
end_early(struct getting *t)
{
	bool page = t->size == 4096 || t->size == 16384 || t->size == 65536;

	if (page && t->got == t->head_n)
		t->open_ended = true;
	if (!t->open_ended) {
		getting_fail(t, "became shorter while it was read");
		return;
	}
	t->ended = true;
	t->next = t->got;
}

void
getting_body(struct getting *t, size_t place, struct sftp_reply *reply)
{
	struct get_read *r = &t->reads[place];
	size_t n = reply->bytes.n;

	if (reply->type == SFTP_BYTES && n > 0 && n <= r->n) {
		deliver(t, reply->bytes.p, n, r->at);
		r->at += n;
		r->n -= (uint32_t)n;
		t->get->asked -= n;
		if (t->open_ended) {
			t->next = r->at;
			t->get->asked -= r->n;
			r->n = 0;
		} else if (r->n && !t->failed) {
			send_read(t, place);
		}
	} else {
		t->get->asked -= r->n;
		r->n = 0;
		if (reply->type != SFTP_STATUS || reply->code != SFTP_EOF)
			getting_fail_reply(t, reply);
		else
			end_early(t);
	}
	if (!t->failed)
		count_got(t);
}

void
getting_send_open(struct getting *t)
{
	t->state = GETTING_OPEN;
	(void)sftp_put_open(getting_out(t), getting_request(t, GET_OPEN, 0),
	    t->item->remote, SFTP_OPEN_READ, NULL);
}

void
getting_send_head(struct getting *t)
{
	t->state = GETTING_HEAD;
	t->head_wanted = SFTP_DATA;
	(void)sftp_put_handle(getting_out(t), SFTP_FSTAT,
	    getting_request(t, GET_FSTAT, 0), getting_handle(t));
	(void)sftp_put_read(getting_out(t), getting_request(t, GET_HEAD, 0),
	    getting_handle(t), 0, (uint32_t)t->head_wanted);
}

void
getting_head(struct getting *t, struct sftp_reply *reply)
{
	if (reply->type == SFTP_BYTES && reply->bytes.n <= t->head_wanted) {
		t->head_n = reply->bytes.n;
		t->head = mem_alloc(t->head_n + 1, 1);
		memcpy(t->head, reply->bytes.p, t->head_n);
	} else if (reply->type == SFTP_STATUS && reply->code == SFTP_EOF) {
		t->ended = true;
	} else {
		getting_fail_reply(t, reply);
	}
}

static uint64_t
state_of(const struct getting *t)
{
	if (t->size < COPY_KEPT || t->head_n == 0)
		return 0;
	return copy_state(t->size, t->attrs.mtime, 0, t->head, t->head_n);
}

/* What is known of a file when its first bytes have come. */
static void
begin(struct getting *t)
{
	struct get *g = t->get;

	t->open_ended =
	    !(t->attrs.flags & SFTP_ATTR_SIZE) || t->attrs.size == 0;
	t->size = t->open_ended ? GET_ENDLESS : t->attrs.size;
	if (!t->open_ended && t->head_n > t->size)
		t->head_n = (size_t)t->size;
	if (!g->output && getting_make(t, state_of(t)))
		return;
	if (t->next == 0) {
		deliver(t, (uint8_t *)t->head, t->head_n, 0);
		t->next = t->got = t->head_n;
	} else {
		g->how->watch->expected(g->how->watch->arg, -(int64_t)t->next);
	}
	mem_free(t->head);
	t->head = NULL;
	t->state = GETTING_BODY;
	if (t->ended && !t->open_ended)
		end_early(t);
}

bool
getting_is_complete(const struct getting *t)
{
	return t->open_ended ? t->ended : t->got == t->size;
}

void
getting_start_body(struct getting *t)
{
	if (!t->failed)
		begin(t);
	if (t->failed || getting_is_complete(t)) {
		getting_complete(t);
		return;
	}
	t->reads = mem_alloc(GET_READS, sizeof(*t->reads));
}

/* How much more may be asked for. */
static uint32_t
next_size(struct getting *t)
{
	struct get *g = t->get;
	uint64_t n = g->client->server.read_max;

	/* answers in pieces of the window, so that all parts keep moving */
	if (n > g->how->window / 8)
		n = g->how->window / 8;
	if (n < SFTP_DATA)
		n = SFTP_DATA;
	if (g->asked && g->asked + n > g->how->window)
		return 0;
	if (t->size - t->next < n)
		n = t->size - t->next;
	return (uint32_t)g->how->watch->allow(g->how->watch->arg, (size_t)n);
}

/* A place for another read, or GET_READS. */
static size_t
free_place(const struct getting *t)
{
	size_t i = 0;

	/* without a length, one read at a time tells where the next begins */
	if (t->open_ended && t->waiting)
		return GET_READS;
	while (i < GET_READS && t->reads[i].n)
		i++;
	return i;
}

void
getting_feed(struct getting *t)
{
	size_t place;
	uint32_t n;

	if (t->state != GETTING_BODY || t->failed || !t->reads)
		return;
	if (t->open_ended && t->next >= t->size) {
		getting_fail(t, "has no length, and no end");
		if (!t->waiting)
			getting_step(t);
		return;
	}
	while (t->next < t->size &&
	    sftp_client_has_room(t->get->client, GET_FILE_REQUESTS)) {
		place = free_place(t);
		if (place == GET_READS || !(n = next_size(t)))
			return;
		t->reads[place] = (struct get_read){.at = t->next, .n = n};
		t->get->asked += n;
		if (!t->open_ended)
			t->next += n;
		send_read(t, place);
	}
}
