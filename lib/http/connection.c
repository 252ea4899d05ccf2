#include "http/connection.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

enum {
	IN_SIZE = 65536, /* bytes read at a time; more than a head */
	OUT_HIGH = 49152, /* bytes of responses that are gathered */
	ROUNDS = 16, /* reads before others have their turn */
	BUDGET = 4 << 20, /* bytes sent before others have their turn */
	DISCARD_MAX = 1 << 20, /* bytes of a body that are read and dropped */
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
	c->next = NULL;
	c->prev = list->last;
	*(list->last ? &list->last->next : &list->first) = c;
	list->last = c;
}

static void
enter_phase(struct worker *w, struct connection *c, enum phase phase)
{
	/* the time for a head is that for all of it; for a body, it starts
	 * anew when enough of it was taken */
	if (phase == c->phase && phase != PHASE_IDLE &&
	    (phase != PHASE_WRITE || c->moved < PROGRESS))
		return;
	unlink_waiting(w, c);
	link_waiting(w, c, phase);
}

static void
log_body(struct worker *w, struct connection *c)
{
	if (c->line.len)
		accesslog_add(w->set->log, &c->line, c->line_at, c->body_bytes);
	buf_release(&c->line);
}

static void
end_body(struct worker *w, struct connection *c)
{
	log_body(w, c);
	body_free(c->body);
	c->body = NULL;
}

void
connection_close(struct worker *w, struct connection *c)
{
	if (c->fd < 0)
		return;
	if (c->body) {
		w->counts.errors++;
		end_body(w, c);
	}
	close(c->fd);
	c->fd = -1;
	peers_leave(w->peers, &c->client);
	unlink_waiting(w, c);
	buf_release(&c->in);
	buf_release(&c->out);
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
	bool more = c->body && body_has_more(c->body);

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
			end_body(w, c);
			return FLOW_NEXT;
		case BODY_FAILED:
			return FLOW_END;
		}
		if (sent > budget)
			return FLOW_BLOCKED;
		budget -= sent;
	}
}

static void
log_answer(struct worker *w, struct connection *c, const struct request *r,
    const struct answer *a)
{
	struct accesslog_entry e = {
	    .client = c->client,
	    .time = w->responder.wall,
	    .line = r->line,
	    .status = a->status,
	    .referer = r->field[FIELD_REFERER],
	    .agent = r->field[FIELD_USER_AGENT],
	};

	if (!w->set->log)
		return;
	if (a->left_root)
		accesslog_note(w->set->log,
		    "403: a link leaves the directory that is served; "
		    "-L follows it");
	buf_init(&c->line, 65536);
	c->line_at = accesslog_format(&c->line, &e);
	c->body_bytes = a->body ? 0 : a->bytes;
	if (!a->body)
		log_body(w, c);
}

static void
answer(
    struct worker *w, struct connection *c, const struct request *r, int refuse)
{
	struct answer a = {.keep_alive = !atomic_load_explicit(
			       w->draining, memory_order_relaxed)};

	if (r->chunked || r->length > DISCARD_MAX)
		a.keep_alive = false;
	answer_request(&w->responder, r, refuse, &w->out, &a);
	w->counts.requests++;
	w->counts.errors += a.status >= 400;
	w->counts.left_root += a.left_root;
	c->answered = true;
	c->body = a.body;
	c->body_bytes = 0;
	log_answer(w, c, r, &a);
	c->ending = !a.keep_alive;
	c->linger = c->ending && (refuse || r->chunked || r->length);
	c->discard = c->ending ? 0 : r->length;
}

/* Refuses a head that is not there completely. */
static void
refuse(struct worker *w, struct connection *c, struct view rest, int status)
{
	const char *end = memchr(rest.p, '\n', rest.n);
	struct request r = {.method = METHOD_OTHER};

	r.line.p = rest.p;
	r.line.n = end ? (size_t)(end - rest.p) : rest.n;
	if (r.line.n && r.line.p[r.line.n - 1] == '\r')
		r.line.n--;
	answer(w, c, &r, status);
	w->in_at = w->in.len;
}

/* Which of the limits of a head a long one has met. */
static int
too_long(struct view head)
{
	const char *end = memchr(head.p, '\n', head.n);

	return end && end - head.p <= REQUEST_LINE_MAX ? 431 : 414;
}

static void
take_head(struct worker *w, struct connection *c, struct view head)
{
	struct request r;
	int status;

	if (head.n > REQUEST_HEAD_MAX) {
		refuse(w, c, head, too_long(head));
		return;
	}
	status = request_parse(&r, head.p, head.n);
	w->in_at += head.n;
	if (!status && r.expects_continue && r.length &&
	    r.length <= DISCARD_MAX)
		buf_puts(&w->out, "HTTP/1.1 100 Continue\r\n\r\n");
	answer(w, c, &r, status);
}

/* Answers the requests that are there, until enough is gathered to be sent.
 * FLOW_INPUT when more bytes are needed. */
static enum flow
take_requests(struct worker *w, struct connection *c)
{
	while (!c->body && !c->ending && w->out.len < OUT_HIGH) {
		struct view rest = {
		    w->in.data + w->in_at, w->in.len - w->in_at};
		size_t n;

		if (c->discard) {
			n = c->discard < rest.n ? (size_t)c->discard : rest.n;
			c->discard -= n;
			w->in_at += n;
			if (c->discard)
				return FLOW_INPUT;
			continue;
		}
		n = request_blank(rest.p, rest.n);
		if (n) {
			w->in_at += n;
			c->scanned = 0;
			continue;
		}
		n = request_end(rest.p, rest.n, c->scanned);
		c->scanned = n ? 0 : rest.n;
		if (n) {
			take_head(w, c, (struct view){rest.p, n});
		} else if (rest.n > REQUEST_HEAD_MAX) {
			refuse(w, c, rest, too_long(rest));
		} else {
			return FLOW_INPUT;
		}
	}
	return FLOW_NEXT;
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
	enum flow flow, sent;
	bool drained = false;
	int rounds = 0;

	for (;;) {
		flow = take_requests(w, c);
		if (w->out.len || c->body) {
			sent = transmit(w, c);
			if (sent != FLOW_NEXT)
				return sent;
		}
		if (c->ending)
			return FLOW_END;
		if (flow != FLOW_INPUT)
			continue;
		if (drained || rounds++ == ROUNDS)
			return FLOW_INPUT;
		flow = receive(w, c, &drained);
		if (flow != FLOW_NEXT)
			return flow;
	}
}

/* The client may still be sending: closing now would make the kernel answer
 * with a reset, and our last words would be lost. */
static void
end(struct worker *w, struct connection *c)
{
	if (!c->linger || c->body || c->out.len) {
		connection_close(w, c);
		return;
	}
	shutdown(c->fd, SHUT_WR);
	enter_phase(w, c, PHASE_LINGER);
}

static void
watch(struct worker *w, struct connection *c, bool writing)
{
	struct epoll_event event = {
	    .events = writing ? EPOLLOUT : EPOLLIN,
	    .data.ptr = c,
	};

	if (writing == c->writing)
		return;
	c->writing = writing;
	epoll_ctl(w->epoll, EPOLL_CTL_MOD, c->fd, &event);
}

/* What is large is not copied: the connection takes the buffer itself. */
static void
keep_output(struct worker *w, struct connection *c)
{
	c->out = w->out;
	c->out_at = w->out_at;
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
	if (w->out.len > w->out_at + OUT_HIGH)
		keep_output(w, c);
	else if (w->out.len > w->out_at)
		buf_append(
		    &c->out, w->out.data + w->out_at, w->out.len - w->out_at);
	buf_clear(&w->in);
	buf_clear(&w->out);
	w->in_at = w->out_at = 0;
	/* a listing may have made it large */
	if (w->out.cap > 4 * OUT_HIGH)
		buf_release(&w->out);
	if (flow == FLOW_END) {
		end(w, c);
		return;
	}
	watch(w, c, flow == FLOW_BLOCKED);
	if (flow == FLOW_BLOCKED)
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
			buf_release(&c->out);
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
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};

	c->source = SOURCE_CONNECTION;
	c->fd = fd;
	c->client = *client;
	buf_init(&c->in, IN_SIZE);
	buf_init(&c->out, w->out.max);
	buf_init(&c->line, 65536);
	link_waiting(w, c, PHASE_HEAD);
	w->counts.connections++;
	if (epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &event))
		connection_close(w, c);
	else
		connection_ready(w, c);
}

void
connection_expire(struct worker *w, struct connection *c)
{
	static const struct linger reset = {.l_onoff = 1, .l_linger = 0};
	struct request r = {.method = METHOD_OTHER, .line = {"", 0}};

	if (c->phase == PHASE_HEAD && c->in.len && !c->discard) {
		answer(w, c, &r, 408);
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
