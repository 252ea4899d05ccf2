#include "http/exchange.h"

#include <string.h>

enum {
	DISCARD_MAX = 1 << 20 /* bytes of a body that are read and dropped */
};

static void
log_body(struct worker *w, struct connection *c)
{
	if (c->line.len)
		accesslog_add(w->set->log, &c->line, c->line_at, c->body_bytes);
	buf_release(&c->line);
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

void
exchange_answer(
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
	c->answered = c->progressed = true;
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
	exchange_answer(w, c, &r, status);
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
	exchange_answer(w, c, &r, status);
}

/* Drops the body of the request before.  false when more of it is to come. */
static bool
discard(struct worker *w, struct connection *c)
{
	size_t there = w->in.len - w->in_at;
	size_t n = c->discard < there ? (size_t)c->discard : there;

	c->discard -= n;
	w->in_at += n;
	return !c->discard;
}

/* One request, or empty lines before it.  false when more bytes are needed. */
static bool
take_request(struct worker *w, struct connection *c)
{
	struct view rest = {w->in.data + w->in_at, w->in.len - w->in_at};
	size_t n = request_blank(rest.p, rest.n);

	if (n) {
		w->in_at += n;
		c->scanned = 0;
		return true;
	}
	n = request_end(rest.p, rest.n, c->scanned);
	c->scanned = n ? 0 : rest.n;
	if (n)
		take_head(w, c, (struct view){rest.p, n});
	else if (rest.n > REQUEST_HEAD_MAX)
		refuse(w, c, rest, too_long(rest));
	else
		return false;
	return true;
}

bool
exchange_requests(struct worker *w, struct connection *c)
{
	while (!c->body && !c->ending && w->out.len < EXCHANGE_OUT_HIGH)
		if (!discard(w, c) || !take_request(w, c))
			return false;
	return true;
}

void
exchange_end_body(struct worker *w, struct connection *c)
{
	log_body(w, c);
	body_free(c->body);
	c->body = NULL;
}
