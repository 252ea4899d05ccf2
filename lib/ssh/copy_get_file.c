/*
 * One file on its way from a host: what its answers mean, and what comes next.
 */
#include <string.h>
#include <sys/stat.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "ssh/copy_get_internal.h"
#include "ssh/copy_text.h"

uint32_t
getting_request(struct getting *t, enum get_request kind, size_t place)
{
	t->waiting++;
	return sftp_expect(t->get->client, getting_answer, t,
	    (uint64_t)place << GET_TAG_BITS | kind);
}

struct buf *
getting_out(struct getting *t)
{
	return &t->get->client->out;
}

struct blob
getting_handle(const struct getting *t)
{
	return (struct blob){.p = t->handle, .n = t->handle_n};
}

void
getting_fail_reply(struct getting *t, const struct sftp_reply *reply)
{
	if (!t->failed)
		copy_reason(&t->reason, reply);
	t->failed = true;
}

bool
getting_is_kept(const struct getting *t)
{
	return t->keep && t->temp[0] && t->source && !t->open_ended &&
	    t->size >= COPY_KEPT && t->got >= COPY_KEPT;
}

void
getting_say_kept(struct getting *t)
{
	struct buf *kept = &t->get->kept;
	char *path = copy_join(t->item->dir->local, t->item->name);

	buf_clear(kept);
	copy_amount(kept, t->got);
	buf_puts(kept, " of ");
	copy_amount(kept, t->size);
	buf_puts(kept, " of ");
	copy_file_text(kept, path, "");
	buf_puts(kept, " are kept for --resume");
	mem_free(path);
}

/* -- The end -- */

static void
tell_end(struct getting *t)
{
	struct get *g = t->get;
	char *here = copy_join(t->item->dir->local, t->item->name);

	if (t->unchanged && t->item->kind == GET_LINK)
		get_tell(g, COPY_UNCHANGED, here, "");
	else if (!t->failed && !t->unchanged)
		get_tell(g, COPY_SENT, g->output ? t->item->remote : here, "");
	else if (t->failed && !g->stopping)
		get_tell(g, COPY_FAILED, t->at_home ? here : t->item->remote,
		    buf_str(&t->reason));
	else if (getting_is_kept(t))
		getting_say_kept(t);
	mem_free(here);
}

void
getting_release(struct getting *t)
{
	struct get *g = t->get;

	if (t->failed || t->unchanged)
		getting_drop(t);
	t->fd = fdio_close(t->fd);
	mem_free(t->head);
	mem_free(t->reads);
	digest_free(t->digest);
	buf_release(&t->reason);
	t->state = GETTING_NOTHING;
	g->active--;
	g->large -= t->large;
	g->medium -= t->medium;
	get_dir_leave(g, t->item->dir);
	get_item_free(t->item);
	t->item = NULL;
}

void
getting_end(struct getting *t)
{
	tell_end(t);
	getting_release(t);
}

void
getting_send_close(struct getting *t)
{
	t->state = GETTING_CLOSE;
	t->unchanged = !t->failed && !t->get->output && getting_is_same(t);
	if (!t->failed && !t->get->output && !t->unchanged)
		(void)getting_finish(t);
	if (!t->open)
		return;
	t->open = false;
	(void)sftp_put_handle(getting_out(t), SFTP_CLOSE,
	    getting_request(t, GET_CLOSE, 0), getting_handle(t));
}

void
getting_complete(struct getting *t)
{
	if (getting_wants_verify(t))
		getting_send_verify(t);
	else
		getting_send_close(t);
}

/* -- Answers -- */

/* It is a file, and its turn comes when its size allows. */
static void
requeue(struct getting *t, const struct sftp_attrs *attrs)
{
	const struct copy_watch *watch = t->get->how->watch;
	struct get_item item = *t->item;

	item.remote = mem_strdup(item.remote);
	item.name = mem_strdup(item.name);
	item.kind = GET_FILE;
	item.attrs = *attrs;
	if (attrs->flags & SFTP_ATTR_SIZE)
		item.size = attrs->size;
	watch->expected(watch->arg, (int64_t)item.size);
	get_queue_item(t->get, &item);
	t->moved_on = true;
}

static void
got_stat(struct getting *t, struct sftp_reply *reply)
{
	struct get *g = t->get;
	struct get_item *item = t->item;

	if (reply->type != SFTP_ATTRS) {
		getting_fail_reply(t, reply);
	} else if (S_ISDIR(reply->attrs.mode) && g->output) {
		getting_fail(t, "is a directory");
	} else if (S_ISDIR(reply->attrs.mode) && g->how->recursive) {
		get_queue_dir(g, item->dir, mem_strdup(item->remote),
		    mem_strdup(item->name), &reply->attrs);
		t->moved_on = true;
	} else if (S_ISDIR(reply->attrs.mode)) {
		getting_fail(t, "is a directory, which -r copies");
	} else if (!S_ISREG(reply->attrs.mode)) {
		getting_fail(t, "is neither a file nor a directory");
	} else {
		requeue(t, &reply->attrs);
	}
}

static void
got_link(struct getting *t, struct sftp_reply *reply)
{
	struct sftp_entry entry;
	char *text;

	if (reply->type != SFTP_NAME || sftp_next_entry(reply, &entry) != 1) {
		getting_fail_reply(t, reply);
		return;
	}
	if (entry.name.n == 0 || entry.name.n >= GET_PATH ||
	    memchr(entry.name.p, '\0', entry.name.n)) {
		getting_fail(t, "the host sends a link that is none");
		return;
	}
	text = mem_strndup((const char *)entry.name.p, entry.name.n);
	t->unchanged = get_link_is_same(t, text);
	if (!t->unchanged)
		(void)getting_link(t, text);
	mem_free(text);
}

static void
got_handle(struct getting *t, struct sftp_reply *reply)
{
	if (reply->type != SFTP_HANDLE) {
		getting_fail_reply(t, reply);
		return;
	}
	memcpy(t->handle, reply->bytes.p, reply->bytes.n);
	t->handle_n = reply->bytes.n;
	t->open = true;
}

static void
got_attrs(struct getting *t, struct sftp_reply *reply)
{
	if (reply->type != SFTP_ATTRS)
		getting_fail_reply(t, reply);
	else
		t->attrs = reply->attrs;
}

void
getting_answer(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	struct getting *t = arg;

	t->waiting--;
	switch ((enum get_request)(tag & ((1u << GET_TAG_BITS) - 1))) {
	case GET_STAT:
		got_stat(t, reply);
		break;
	case GET_READLINK:
		got_link(t, reply);
		break;
	case GET_OPEN:
		got_handle(t, reply);
		break;
	case GET_FSTAT:
		got_attrs(t, reply);
		break;
	case GET_HEAD:
		getting_head(t, reply);
		break;
	case GET_BODY:
		getting_body(t, (size_t)(tag >> GET_TAG_BITS), reply);
		break;
	case GET_REREAD:
		getting_reread(t, reply);
		break;
	case GET_CLOSE:
		break;
	}
	if (t->waiting == 0)
		getting_step(t);
}

/* What the name is has been told. */
static void
getting_stat_end(struct getting *t)
{
	if (t->failed)
		getting_end(t);
	else if (t->moved_on)
		getting_release(t);
	else if (t->item->kind == GET_LINK)
		getting_end(t);
	else
		getting_send_open(t);
}

/* Everything that was asked for is answered. */
void
getting_step(struct getting *t)
{
	switch (t->state) {
	case GETTING_STAT:
		getting_stat_end(t);
		return;
	case GETTING_OPEN:
		if (t->failed)
			getting_end(t);
		else
			getting_send_head(t);
		return;
	case GETTING_HEAD:
		getting_start_body(t);
		break;
	case GETTING_BODY:
		if (t->failed || getting_is_complete(t))
			getting_complete(t);
		break;
	case GETTING_HASH:
		if (t->failed)
			getting_send_close(t);
		break;
	case GETTING_REREAD:
		getting_reread_end(t);
		break;
	case GETTING_CLOSE:
	case GETTING_NOTHING:
		break;
	}
	if (t->state == GETTING_CLOSE && t->waiting == 0)
		getting_end(t);
}

/* -- What the loop calls -- */

int
getting_start(struct get *g, struct get_item *item)
{
	struct getting *t = g->files;
	bool large = item->size >= COPY_KEPT, medium = item->size > SFTP_DATA;

	if ((large && g->large >= GET_LARGE) ||
	    (medium && g->medium >= g->how->open_files))
		return -1;
	while (t->state != GETTING_NOTHING)
		t++;
	*t = (struct getting){.get = g, .item = item, .fd = -1};
	buf_init(&t->reason, COPY_TEXT);
	g->active++;
	t->large = large;
	g->large += large;
	t->medium = medium;
	g->medium += medium;
	t->state = GETTING_STAT;
	if (item->kind == GET_LINK)
		(void)sftp_put_path(getting_out(t), SFTP_READLINK,
		    getting_request(t, GET_READLINK, 0), item->remote);
	else if (item->kind == GET_UNKNOWN)
		(void)sftp_put_path(getting_out(t), SFTP_STAT,
		    getting_request(t, GET_STAT, 0), item->remote);
	else
		getting_send_open(t);
	return 0;
}

void
getting_stop(struct getting *t)
{
	if (t->state == GETTING_NOTHING || t->state == GETTING_CLOSE)
		return;
	t->keep = true;
	getting_fail(t, "cancelled");
	if (t->state == GETTING_HASH)
		t->get->hashing--;
	if ((t->state == GETTING_BODY || t->state == GETTING_HASH) &&
	    t->waiting == 0)
		getting_step(t);
}
