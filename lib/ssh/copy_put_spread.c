/*
 * A large file on its way to a host that is far away.  A server gives each
 * session a window, 2 MB with OpenSSH, and so much goes out in a round trip,
 * however fast the line is.  Over several sessions of the one connection more
 * does: the chunks of the file go to whichever can take one.
 *
 * They come out of order.  So of a part that is left when the connection is
 * lost, the last bytes may be missing, as many as are between the first chunk
 * that is not known to be there and the last that was sent: never more than
 * COPY_SPREAD, by which --resume goes back.  Its name says so, from before a
 * second session writes to it.
 */
#include <string.h>

#include "base/mem.h"
#include "ssh/copy_put_internal.h"
#include "ssh/copy_text.h"

enum {
	SPREAD_MIN = 16 << 20, /* of smaller files, the start would not pay */
	SPREAD_NEAR_MS = 10, /* a round trip in which a window suffices */
	SPREAD_WINDOW = 64 * 1024 /* of answers, which are short */
};

/* -- The sessions -- */

bool
putting_wants_spread(const struct putting *g)
{
	const struct put *p = g->put;

	return !p->how->sudo && !p->how->tick && !g->sparse &&
	    !g->read_to_end && g->file->kind == SOURCE_FILE &&
	    g->size >= SPREAD_MIN && sftp_round_trip(p->s) >= SPREAD_NEAR_MS;
}

/* The file is opened on those sessions where it is not. */
static void
add_lanes(struct putting *g)
{
	const struct put *p = g->put;
	size_t i;

	for (i = 0; i < p->n_spares; i++) {
		struct put_lane *l = &g->spread->lanes[1 + i];

		if (l->client)
			continue;
		l->client = sftp_client(p->spares[i]);
		(void)sftp_put_open(&l->client->out,
		    putting_request_on(g, l->client, PUT_LANE, 1 + i), g->temp,
		    SFTP_OPEN_WRITE, NULL);
	}
}

/* It gets its other name before the first chunk goes another way. */
static void
widen(struct putting *g)
{
	char *temp;

	if (g->gaps) {
		add_lanes(g);
		return;
	}
	if (g->spread->widening)
		return;
	g->spread->widening = true;
	g->gaps = true;
	temp = putting_temp_name(g);
	g->gaps = false;
	(void)sftp_put_paths(putting_out(g), SFTP_RENAME,
	    putting_request(g, PUT_WIDEN, 0), g->temp, temp);
	mem_free(temp);
}

static void
widened(struct putting *g, const struct sftp_reply *reply)
{
	if (!copy_is_ok(reply))
		return;
	g->gaps = true;
	mem_free(g->temp);
	g->temp = putting_temp_name(g);
	if (!g->failed)
		add_lanes(g);
}

bool
put_wants_spare(const struct put *p)
{
	size_t i;

	/* where the line itself is full, a further window would not help */
	if (p->spares_tried || p->stopping || !sftp_unsent(p->client) ||
	    !transport_is_idle(p->c->t))
		return false;
	for (i = 0; i < PUT_FILES; i++) {
		const struct putting *g = &p->files[i];

		if (g->state == PUTTING_WRITE && g->spread && g->at < g->size)
			return true;
	}
	return false;
}

int
put_open_spare(struct put *p, struct fault *f)
{
	struct sftp_how how = {.window = SPREAD_WINDOW};
	struct sftp *spare;
	size_t i;

	if (sftp_open_spare(p->c, &how, &spare, f))
		return -1;
	if (spare)
		p->spares[p->n_spares++] = spare;
	p->spares_tried = !spare || p->n_spares == PUT_SPARES;
	for (i = 0; i < PUT_FILES; i++) {
		struct putting *g = &p->files[i];

		if (spare && g->state == PUTTING_WRITE && g->spread &&
		    !g->failed)
			widen(g);
	}
	return 0;
}

/* -- A file -- */

void
spread_begin(struct putting *g)
{
	struct put_spread *s = mem_alloc(1, sizeof(*s));

	g->spread = s;
	s->base = s->first = g->at;
	s->chunk = g->put->client->server.write_max;
	if (s->chunk > PUT_CHUNK)
		s->chunk = PUT_CHUNK;
	s->lanes[0].client = g->put->client;
	s->lanes[0].open = true;
	memcpy(s->lanes[0].handle, g->handle, g->handle_n);
	s->lanes[0].handle_n = g->handle_n;
	if (g->gaps)
		add_lanes(g);
}

/* Where a session cannot open it, the others do its work. */
static void
opened(struct putting *g, size_t lane, const struct sftp_reply *reply)
{
	struct put_lane *l = &g->spread->lanes[lane];

	if (reply->type != SFTP_HANDLE)
		return;
	memcpy(l->handle, reply->bytes.p, reply->bytes.n);
	l->handle_n = reply->bytes.n;
	l->open = true;
}

void
spread_answer(struct putting *g, enum put_request kind, size_t lane,
    const struct sftp_reply *reply)
{
	if (kind == PUT_WIDEN)
		widened(g, reply);
	else
		opened(g, lane, reply);
}

/* The one that has least to send, and room; or NULL. */
static struct put_lane *
best_lane(struct put_spread *s)
{
	struct put_lane *best = NULL;
	size_t i;

	for (i = 0; i < 1 + PUT_SPARES; i++) {
		struct put_lane *l = &s->lanes[i];

		if (!l->open || sftp_unsent(l->client) >= PUT_UNSENT ||
		    !sftp_client_has_room(l->client, PUT_FILE_REQUESTS))
			continue;
		if (!best || sftp_unsent(l->client) < sftp_unsent(best->client))
			best = l;
	}
	return best;
}

static uint64_t
chunk_size(const struct putting *g, uint64_t at)
{
	uint64_t chunk = g->spread->chunk;

	return g->size - at < chunk ? g->size - at : chunk;
}

void
spread_feed(struct putting *g)
{
	struct put_spread *s = g->spread;
	struct put_lane *lane;

	while (!g->failed && g->at < g->size &&
	    g->at + s->chunk - s->first <= COPY_SPREAD &&
	    (lane = best_lane(s))) {
		struct blob handle = {.p = lane->handle, .n = lane->handle_n};
		size_t n = (size_t)chunk_size(g, g->at);
		ssize_t got = putting_send_bytes(
		    g, lane->client, handle, n, (g->at - s->base) / s->chunk);

		if (got > 0 && (size_t)got != n)
			putting_fail(g, "became shorter while it was read");
	}
	if (g->waiting)
		return;
	if (g->failed)
		putting_send_fail(g);
	else if (g->at == g->size)
		putting_send_end(g);
}

uint64_t
spread_wrote(struct putting *g, uint64_t chunk)
{
	struct put_spread *s = g->spread;
	uint64_t n = chunk_size(g, s->base + chunk * s->chunk);
	size_t i;

	s->done[chunk % PUT_CHUNKS] = true;
	while (s->done[i = (s->first - s->base) / s->chunk % PUT_CHUNKS]) {
		s->done[i] = false;
		s->first += chunk_size(g, s->first);
	}
	g->acked = s->first;
	return n;
}

void
spread_close(struct putting *g)
{
	size_t i;

	for (i = 1; g->spread && i < 1 + PUT_SPARES; i++) {
		struct put_lane *l = &g->spread->lanes[i];

		if (!l->open)
			continue;
		l->open = false;
		(void)sftp_put_handle(&l->client->out, SFTP_CLOSE,
		    putting_request_on(g, l->client, PUT_CLOSE, 0),
		    (struct blob){.p = l->handle, .n = l->handle_n});
	}
}
