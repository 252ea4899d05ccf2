#include "http/connection.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "http/exchange.h"

enum {
	IN_SIZE = 65536, /* bytes read at a time; more than a head */
	ROUNDS = 16, /* reads before others have their turn */
	BUDGET = 4 << 20, /* bytes sent before others have their turn */
	PROGRESS = 4096 /* bytes that a slow client must take in its time */
};

/* How it goes on. */
enum flow {
	FLOW_NEXT,
	FLOW_INPUT, /* when the client has sent more */
	FLOW_BLOCKED, /* when the client has taken some */
	FLOW_END
};

static void
unlink_waiting(struct worker *w, struct connection *c)
{
	struct waiting *list = &w->waiting[c->phase];

	*(c->prev ? &c->prev->next : &list->first) = c->next;
	*(c->next ? &c->next->prev : &list->last) = c->prev;
	c->next = c->prev = NULL;
}

static void
link_waiting(struct worker *w, struct connection *c, enum phase phase)
{
	struct waiting *list = &w->waiting[phase];

	c->phase = phase;
	c->since = w->now;
	c->moved = 0;
	c->progressed = false;
	c->next = NULL;
	c->prev = list->last;
	*(list->last ? &list->last->next : &list->first) = c;
	list->last = c;
}

static void
enter_phase(struct worker *w, struct connection *c, enum phase phase)
{
	bool anew = phase != c->phase || phase == PHASE_IDLE;

	/* the time for a head is that for all of it, and begins again with the
	 * next one; for a body, when enough of it was taken */
	if (phase == PHASE_HEAD)
		anew |= c->progressed;
	if (phase == PHASE_WRITE)
		anew |= c->moved >= PROGRESS;
	if (!anew)
		return;
	unlink_waiting(w, c);
	link_waiting(w, c, phase);
}

static void
release_output(struct worker *w, struct connection *c)
{
	buf_release(&c->out);
	w->responder.held -= c->held;
	c->held = 0;
}

void
connection_close(struct worker *w, struct connection *c)
{
	if (c->fd < 0)
		return;
	if (c->body) {
		w->counts.errors++;
		exchange_end_body(w, c);
	}
	close(c->fd);
	c->fd = -1;
	peers_leave(w->peers, &c->client);
	unlink_waiting(w, c);
	buf_release(&c->in);
	release_output(w, c);
	c->next = w->dead;
	w->dead = c;
	if (atomic_fetch_sub(w->connections, 1) == 1 &&
	    atomic_load(w->draining))
		wake_notify(w->drained);
}

/* Sends what is in out.  FLOW_NEXT when all of it went. */
static enum flow
flush(struct worker *w, struct connection *c, struct buf *out, size_t *at)
{
	bool more = c->body && body_joins(c->body);

	while (*at < out->len) {
		ssize_t n = send(c->fd, out->data + *at, out->len - *at,
		    MSG_NOSIGNAL | (more ? MSG_MORE : 0));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? FLOW_BLOCKED : FLOW_END;
		*at += (size_t)n;
		c->moved += (uint64_t)n;
		w->counts.bytes += (uint64_t)n;
	}
	buf_clear(out);
	*at = 0;
	return FLOW_NEXT;
}

/* Sends what is pending, and the body behind it. */
static enum flow
transmit(struct worker *w, struct connection *c)
{
	uint64_t budget = BUDGET, sent;
	enum flow flow;

	for (;;) {
		flow = flush(w, c, &w->out, &w->out_at);
		if (flow != FLOW_NEXT || !c->body)
			return flow;
		sent = 0;
		switch (body_advance(c->body, c->fd, &w->out, &sent)) {
		case BODY_ADDED:
			c->body_bytes += w->out.len;
			sent = w->out.len;
			break;
		case BODY_SENT:
			c->moved += sent;
			c->body_bytes += sent;
			w->counts.bytes += sent;
			break;
		case BODY_BLOCKED:
			return FLOW_BLOCKED;
		case BODY_DONE:
			exchange_end_body(w, c);
			return FLOW_NEXT;
		case BODY_FAILED:
			return FLOW_END;
		}
		if (sent > budget)
			return FLOW_BLOCKED;
		budget -= sent;
	}
}

/* Reads.  FLOW_NEXT when there is something new; *drained when that was all
 * for now. */
static enum flow
receive(struct worker *w, struct connection *c, bool *drained)
{
	size_t room;
	ssize_t n;

	if (w->in_at) {
		buf_consume(&w->in, w->in_at);
		w->in_at = 0;
	}
	room = IN_SIZE - w->in.len;
	do
		n = recv(c->fd, buf_room(&w->in, room), room, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? FLOW_INPUT : FLOW_END;
	if (n == 0)
		return FLOW_END;
	buf_grow(&w->in, (size_t)n);
	*drained = (size_t)n < room;
	return FLOW_NEXT;
}

static enum flow
converse(struct worker *w, struct connection *c)
{
	enum flow flow = FLOW_NEXT;
	bool drained = false, goes_on;
	int rounds = 0;

	while (flow == FLOW_NEXT) {
		goes_on = exchange_requests(w, c);
		if (w->out.len || c->body)
			flow = transmit(w, c);
		if (flow != FLOW_NEXT || (goes_on && !c->ending))
			continue;
		if (c->ending)
			flow = FLOW_END;
		else if (drained || rounds++ == ROUNDS)
			flow = FLOW_INPUT;
		else
			flow = receive(w, c, &drained);
	}
	return flow;
}

/* Has epoll wait.  Only a connection that has to wait is made known to it: many
 * are over after the first response.  -1 where that failed. */
static int
watch(struct worker *w, struct connection *c, bool writing)
{
	struct epoll_event event = {
	    .events = writing ? EPOLLOUT : EPOLLIN,
	    .data.ptr = c,
	};
	int how = c->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	if (c->watched && writing == c->writing)
		return 0;
	c->watched = true;
	c->writing = writing;
	return epoll_ctl(w->epoll, how, c->fd, &event);
}

/* The client may still be sending: closing now would make the kernel answer
 * with a reset, and our last words would be lost. */
static void
end(struct worker *w, struct connection *c)
{
	if (!c->linger || c->body || c->out.len || watch(w, c, false)) {
		connection_close(w, c);
		return;
	}
	shutdown(c->fd, SHUT_WR);
	enter_phase(w, c, PHASE_LINGER);
}

/* What is large is not copied: the connection takes the buffer itself. */
static void
keep_output(struct worker *w, struct connection *c)
{
	c->out = w->out;
	c->out_at = w->out_at;
	c->held = c->out.cap;
	w->responder.held += c->held;
	buf_init(&w->out, c->out.max);
	w->out_at = 0;
}

/* Puts away what is left until epoll calls again; the thread's buffers are
 * empty afterwards. */
static void
park(struct worker *w, struct connection *c, enum flow flow)
{
	if (w->in.len > w->in_at)
		buf_append(&c->in, w->in.data + w->in_at, w->in.len - w->in_at);
	if (w->out.len > w->out_at + EXCHANGE_OUT_HIGH)
		keep_output(w, c);
	else if (w->out.len > w->out_at)
		buf_append(
		    &c->out, w->out.data + w->out_at, w->out.len - w->out_at);
	buf_clear(&w->in);
	buf_clear(&w->out);
	w->in_at = w->out_at = 0;
	/* a listing may have made it large */
	if (w->out.cap > 4 * EXCHANGE_OUT_HIGH)
		buf_release(&w->out);
	if (flow == FLOW_END) {
		end(w, c);
		return;
	}
	if (watch(w, c, flow == FLOW_BLOCKED))
		connection_close(w, c);
	else if (flow == FLOW_BLOCKED)
		enter_phase(w, c, PHASE_WRITE);
	else
		enter_phase(w, c,
		    c->in.len || c->discard || !c->answered ? PHASE_HEAD
							    : PHASE_IDLE);
}

static void
drain_input(struct worker *w, struct connection *c)
{
	ssize_t n = recv(c->fd, buf_room(&w->in, IN_SIZE), IN_SIZE, 0);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		connection_close(w, c);
}

void
connection_ready(struct worker *w, struct connection *c)
{
	enum flow flow = FLOW_NEXT;

	if (c->phase == PHASE_LINGER) {
		drain_input(w, c);
		return;
	}
	if (c->in.len) {
		buf_append(&w->in, c->in.data, c->in.len);
		buf_release(&c->in);
	}
	if (c->out.len) {
		flow = flush(w, c, &c->out, &c->out_at);
		if (flow == FLOW_NEXT)
			release_output(w, c);
	}
	if (flow == FLOW_NEXT && c->body)
		flow = transmit(w, c);
	if (flow == FLOW_NEXT)
		flow = converse(w, c);
	park(w, c, flow);
}

void
connection_open(struct worker *w, int fd, const struct address *client)
{
	struct connection *c = mem_alloc(1, sizeof(*c));

	c->source = SOURCE_CONNECTION;
	c->fd = fd;
	c->client = *client;
	buf_init(&c->in, IN_SIZE);
	buf_init(&c->out, w->out.max);
	buf_init(&c->line, 65536);
	link_waiting(w, c, PHASE_HEAD);
	w->counts.connections++;
	connection_ready(w, c);
}

void
connection_expire(struct worker *w, struct connection *c)
{
	static const struct linger reset = {.l_onoff = 1, .l_linger = 0};
	struct request r = {.method = METHOD_OTHER, .line = {"", 0}};

	if (c->phase == PHASE_HEAD && c->in.len && !c->discard) {
		exchange_answer(w, c, &r, 408);
		c->linger = true;
		transmit(w, c);
		park(w, c, FLOW_END);
		return;
	}
	/* the kernel shall not keep what nobody fetches */
	if (c->phase == PHASE_WRITE)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	connection_close(w, c);
}
