#include "ssh/channel.h"

#include "base/mem.h"
#include "ssh/blob.h"
#include "ssh/channel_internal.h"

enum {
	CHANNEL_PACKET = 32768, /* the largest packet that we take */
	CHANNEL_RATE = 320 << 10 /* bytes a millisecond that we can take */
};

struct open_request {
	struct transport *t;
	LIBSSH2_CHANNEL *raw;
	const char *host; /* NULL: a session */
	int port;
	uint32_t window;
};

static int
open_step(void *arg)
{
	struct open_request *o = arg;
	LIBSSH2_SESSION *s = transport_session(o->t);

	if (o->host)
		o->raw = libssh2_channel_direct_tcpip_ex(
		    s, o->host, o->port, "127.0.0.1", 0);
	else
		o->raw = libssh2_channel_open_ex(
		    s, "session", 7, o->window, CHANNEL_PACKET, NULL, 0);
	return o->raw ? 0 : libssh2_session_last_errno(s);
}

/* That so many bytes may come on it, for the library's memory. */
static void
count_window(struct channel *c, size_t n)
{
	transport_remove_window(c->t, c->counted);
	c->counted = n;
	transport_add_window(c->t, n);
}

struct channel *
channel_adopt(struct transport *t, LIBSSH2_CHANNEL *raw)
{
	struct channel *c = mem_alloc(1, sizeof(*c));

	unsigned long window = 0;

	*c = (struct channel){.t = t, .raw = raw, .id = transport_opened_id(t)};
	(void)libssh2_channel_window_read_ex(raw, NULL, &window);
	count_window(c, window);
	return c;
}

/* What is there before the way's length is known. */
static uint32_t
first_window(uint32_t most)
{
	return most < CHANNEL_WINDOW ? most : CHANNEL_WINDOW;
}

void
channel_measure(struct channel *c, int64_t sent)
{
	int64_t took = clock_now() - sent;

	if (!c->round_trip || took < c->round_trip)
		c->round_trip = took;
}

struct channel *
channel_open_session(struct transport *t, uint32_t window,
    const struct deadline *d, struct fault *f)
{
	struct open_request o = {.t = t, .window = first_window(window)};
	int64_t began = clock_now();
	struct channel *c;
	int rc = transport_run(t, open_step, &o, d, f);

	if (rc) {
		if (f->class == FAULT_NONE)
			fault_set(f, FAULT_CONNECT, 0,
			    "the server opens no session: %s",
			    transport_error(t));
		return NULL;
	}
	c = channel_adopt(t, o.raw);
	/* as one of the list, it counts with what has come */
	count_window(c, 0);
	c->window = window;
	channel_measure(c, began);
	transport_add_channel(t, c);
	return c;
}

void
channel_opening_start(struct channel_opening *o)
{
	/* RFC 4254, section 7.2: whom to connect to, and who asks for it */
	buf_init(&o->message, 1024);
	blob_put_text(&o->message, o->host);
	blob_put_u32(&o->message, (uint32_t)o->port);
	blob_put_text(&o->message, "127.0.0.1");
	blob_put_u32(&o->message, 0);
	o->began = clock_now();
	transport_set_opening(o->t, o);
}

static const char *
why_not_opened(struct transport *t)
{
	switch (transport_open_failure(t)) {
	case 1:
		return "forwarding is forbidden there (AllowTcpForwarding, "
		       "PermitOpen in its sshd_config)";
	case 2:
		return "connection refused, or no answer";
	default:
		return transport_error(t);
	}
}

bool
channel_opening_step(struct channel_opening *o)
{
	LIBSSH2_SESSION *s = transport_session(o->t);
	LIBSSH2_CHANNEL *raw;

	if (o->over)
		return true;
	raw = libssh2_channel_open_ex(s, "direct-tcpip", 12,
	    first_window(o->window), CHANNEL_PACKET, buf_str(&o->message),
	    (unsigned int)o->message.len);
	if (!raw && transport_again(libssh2_session_last_errno(s)) &&
	    !transport_ended(o->t))
		return false;
	if (raw) {
		o->channel = channel_adopt(o->t, raw);
		o->channel->window = o->window;
		count_window(o->channel, o->window);
		channel_measure(o->channel, o->began);
	} else {
		fault_set(&o->fault, FAULT_CONNECT, 0,
		    "no connection to %s port %d: %s", o->host, o->port,
		    why_not_opened(o->t));
	}
	o->over = true;
	buf_release(&o->message);
	transport_set_opening(o->t, NULL);
	return true;
}

struct channel *
channel_opening_end(struct channel_opening *o, struct fault *f)
{
	struct channel *c = o->channel;

	o->channel = NULL;
	if (!c)
		*f = o->fault;
	return c;
}

struct channel *
channel_open_direct(struct transport *t, const char *host, int port,
    bool *refused, const struct deadline *d, struct fault *f)
{
	struct open_request o = {.t = t, .host = host, .port = port};
	int rc = transport_run(t, open_step, &o, d, f);

	*refused = false;
	if (!rc)
		return channel_adopt(t, o.raw);
	if (f->class == FAULT_NONE) {
		*refused = rc == LIBSSH2_ERROR_CHANNEL_FAILURE;
		fault_set(f, FAULT_CONNECT, 0,
		    "the server does not connect to %s port %d: %s", host, port,
		    transport_error(t));
	}
	return NULL;
}

uint32_t
channel_window(const struct channel *c)
{
	int64_t used = (c->round_trip + 1) * CHANNEL_RATE;

	if (used < CHANNEL_WINDOW)
		used = CHANNEL_WINDOW;
	return used < c->window ? (uint32_t)used : c->window;
}

int64_t
channel_round_trip(const struct channel *c)
{
	return c->round_trip;
}

/* Of the library's calls this one reads packets and keeps what they hold. */
void
channel_take_in(struct channel *c)
{
	transport_look_again(c->t);
	if (!c->salvaging)
		(void)libssh2_channel_wait_eof(c->raw);
}

ssize_t
channel_write(struct channel *c, const void *bytes, size_t n)
{
	ssize_t done;

	if (transport_ended(c->t) || c->salvaging)
		return CHANNEL_BROKEN;
	if (transport_queued(c->t) >= TRANSPORT_QUEUE_MAX)
		return CHANNEL_AGAIN;
	done = libssh2_channel_write_ex(c->raw, 0, bytes, n);
	if (done > 0)
		return done;
	if (done == 0 || transport_again((int)done))
		return CHANNEL_AGAIN;
	return CHANNEL_BROKEN;
}

int
channel_send_eof(struct channel *c)
{
	int rc;

	if (c->eof_sent)
		return 0;
	if (c->salvaging)
		return CHANNEL_BROKEN;
	rc = libssh2_channel_send_eof(c->raw);
	if (transport_again(rc))
		return CHANNEL_AGAIN;
	c->eof_sent = true;
	return rc ? CHANNEL_BROKEN : 0;
}

int
channel_signal(struct channel *c, const char *name)
{
	return c->salvaging ? -1 : transport_signal(c->raw, name);
}

bool
channel_window_open(struct channel *c)
{
	return !c->salvaging &&
	    libssh2_channel_window_read_ex(c->raw, NULL, NULL) > 0;
}

/* libssh2_channel_wait_closed answers at once when the close has come, and
 * wants the end of file to have been read before. */
bool
channel_closed_by_peer(struct channel *c)
{
	return c->salvaging || libssh2_channel_wait_closed(c->raw) == 0;
}

enum channel_end
channel_end(struct channel *c, int *status, const char **signal_name)
{
	*status = c->status;
	*signal_name = c->signal_name;
	return c->ended;
}

int
channel_free(struct channel *c)
{
	int rc = c->salvaging ? 0 : libssh2_channel_free(c->raw);

	if (transport_again(rc) && !transport_ended(c->t))
		return CHANNEL_AGAIN;
	channel_abandon(c);
	return 0;
}

void
channel_abandon(struct channel *c)
{
	if (!c)
		return;
	/* the session frees the library's part of it */
	transport_remove_channel(c->t, c);
	count_window(c, 0);
	buf_release(&c->salvaged[CHANNEL_STDOUT]);
	buf_release(&c->salvaged[CHANNEL_STDERR]);
	mem_free(c);
}
