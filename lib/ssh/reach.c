#include "ssh/reach.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "ssh/channel.h"
#include "ssh/dial.h"
#include "ssh/portlock.h"

enum { REACH_PROBE_MS = 15000, REACH_HEAD_MAX = 8192 };

/* What a request through the host met. */
enum met {
	MET_FAULT = -1, /* the fault says what happened to us */
	MET_OURS, /* this very httpd-scope */
	MET_STRANGER, /* somebody else, or nothing that speaks HTTP */
	MET_NOBODY, /* nothing listens there */
	MET_FORBIDDEN /* the SSH server may not connect */
};

static void
request_head(struct buf *to, int port)
{
	buf_printf(to,
	    "HEAD / HTTP/1.1\r\nHost: localhost:%d\r\n"
	    "User-Agent: fab\r\nConnection: close\r\n\r\n",
	    port);
}

static bool
head_complete(const struct buf *head)
{
	return head->len >= 4 &&
	    memmem(head->data, head->len, "\r\n\r\n", 4) != NULL;
}

/* Loopback as a client of the server's address would name it. */
static const char *
local_address(const struct reach_server *s)
{
	if (!strcmp(s->address, "0.0.0.0"))
		return "127.0.0.1";
	return strcmp(s->address, "::") ? s->address : "::1";
}

static int
read_head(int fd, const struct wait *w, const struct deadline *d,
    struct buf *head, struct fault *f)
{
	while (!head_complete(head)) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		char bytes[1024];
		ssize_t n = fdio_read(fd, bytes, sizeof(bytes));

		if (n > 0 && buf_append(head, bytes, (size_t)n))
			return 0;
		if (n == 0 || (n < 0 && errno != EAGAIN))
			return 0;
		if (n < 0 && wait_poll(w, &p, 1, d, f))
			return -1;
	}
	return 0;
}

static int
not_alive(const struct reach_server *s, struct fault *f)
{
	return fault_set(f, FAULT_USAGE, 0,
	    "no httpd-scope answers any more at %s of HTTPD_SCOPE_URL "
	    "(--scope=off does without)",
	    s->url);
}

int
reach_alive(const struct reach_server *s, const struct wait *w, struct fault *f)
{
	struct deadline d = deadline_in(REACH_PROBE_MS, "answer", NULL);
	int fd = dial_address(local_address(s), s->port, REACH_PROBE_MS, w, f);
	struct buf head;
	int ret = 0;

	if (fd < 0)
		return f->class == FAULT_CANCELLED ? -1 : not_alive(s, f);
	buf_init(&head, REACH_HEAD_MAX);
	request_head(&head, s->port);
	if (fdio_write_all(fd, head.data, head.len))
		ret = not_alive(s, f);
	buf_clear(&head);
	if (!ret && read_head(fd, w, &d, &head, f) &&
	    f->class == FAULT_CANCELLED)
		ret = -1;
	else if (!ret && !reach_is_ours(buf_str(&head), head.len, s->id))
		ret = not_alive(s, f);
	close(fd);
	buf_release(&head);
	return ret;
}

/* Sends the request and reads the head, with the forwards at work: the
 * request may well come back to us through one of them. */
static int
converse(struct connection *c, struct channel *ch, struct buf *head,
    const struct deadline *d, struct fault *f)
{
	size_t sent = 0;
	struct buf request;
	char bytes[1024];
	ssize_t n = CHANNEL_AGAIN;
	int ret = 0;

	buf_init(&request, 1024);
	request_head(&request, 0);
	while (!ret && !head_complete(head)) {
		bool moved = connection_pump(c);

		if (sent < request.len &&
		    (n = channel_write(
			 ch, request.data + sent, request.len - sent)) > 0)
			sent += (size_t)n;
		n = channel_read(ch, CHANNEL_STDOUT, bytes, sizeof(bytes));
		if (n == CHANNEL_EOF || n == CHANNEL_BROKEN ||
		    (n > 0 && buf_append(head, bytes, (size_t)n)))
			break;
		if (n == CHANNEL_AGAIN && !moved)
			ret = connection_wait(c, NULL, 0, d, f);
	}
	buf_release(&request);
	return ret;
}

/* Closes the probe's channel, which the server has no reason to keep. */
static void
end_probe(struct connection *c, struct channel *ch)
{
	struct deadline d = deadline_in(2000, "end of a request", NULL);
	struct fault ignored;

	while (channel_free(ch) == CHANNEL_AGAIN) {
		if (!connection_pump(c) &&
		    connection_wait(c, NULL, 0, &d, &ignored)) {
			channel_abandon(ch);
			return;
		}
	}
}

static enum met
probe(struct connection *c, const char *address, int port, const char *id,
    struct fault *f)
{
	struct deadline d =
	    deadline_in(REACH_PROBE_MS, "answer through the host", NULL);
	struct channel *ch;
	struct buf head;
	enum met met = MET_STRANGER;
	bool refused;

	ch = channel_open_direct(c->t, address, port, &refused, &d, f);
	if (!ch && !refused)
		return MET_FAULT;
	if (!ch)
		return transport_open_failure(c->t) == 1 ? MET_FORBIDDEN
							 : MET_NOBODY;
	buf_init(&head, REACH_HEAD_MAX);
	/* one that says nothing is a stranger, a lost connection a fault */
	if (converse(c, ch, &head, &d, f) &&
	    (f->class != FAULT_CONNECT || transport_ended(c->t)))
		met = MET_FAULT;
	else if (reach_is_ours(buf_str(&head), head.len, id))
		met = MET_OURS;
	buf_release(&head);
	if (met == MET_FAULT)
		channel_abandon(ch);
	else
		end_probe(c, ch);
	diag_verbose(2, "%s: request to %s port %d on the host: %d",
	    c->settings->host, address, port, met);
	return met;
}

static int
fault_port(enum met met, int port, struct fault *f)
{
	if (met == MET_FAULT)
		return -1;
	if (met == MET_STRANGER || met == MET_OURS)
		return fault_set(f, FAULT_SCOPE, 0,
		    "httpd-scope: port %d of the host is taken by another "
		    "server",
		    port);
	return fault_set(f, FAULT_SCOPE, 0,
	    "httpd-scope: the host's SSH server forwards no port (%s; "
	    "AllowTcpForwarding, PermitListen, PermitOpen in its "
	    "sshd_config)",
	    met == MET_NOBODY ? "listening on 127.0.0.1 was refused"
			      : "connecting to its localhost was refused");
}

static struct forward *
listen_on(struct connection *c, const struct reach_server *s,
    const char *address, int port, bool *refused, struct fault *f)
{
	struct deadline d =
	    deadline_in(REACH_PROBE_MS, "answer to a forwarding", NULL);
	struct forward_spec spec = {.address = address,
	    .port = port,
	    .target_address = local_address(s),
	    .target_port = s->port};
	struct forward *w = forward_listen(c->t, &spec, refused, &d, f);

	if (w && connection_add_forward(c, w)) {
		forward_free(w);
		w = NULL;
		*refused = false;
		fault_set(f, FAULT_SCOPE, 0,
		    "httpd-scope: too many forwardings on one connection");
	}
	return w;
}

/* Whoever listens on ::1 of that port would be what a client finds under the
 * name localhost: it must be us, or nobody. */
static int
close_ipv6(struct connection *c, const struct reach_server *s, int port,
    struct fault *f)
{
	bool refused;
	enum met met;

	if (listen_on(c, s, "::1", port, &refused, f))
		return 0;
	if (!refused)
		return -1;
	met = probe(c, "::1", port, s->id, f);
	return met == MET_NOBODY || met == MET_FORBIDDEN
	    ? 0
	    : fault_port(met, port, f);
}

static int
set_url(struct reached *r, const char *address, int port)
{
	bool ipv6 = strchr(address, ':') != NULL;

	r->port = port;
	snprintf(r->url, sizeof(r->url), "http://%s%s%s:%d/", ipv6 ? "[" : "",
	    address, ipv6 ? "]" : "", port);
	return 0;
}

static int
prove(struct connection *c, const struct reach_server *s, int port,
    struct reached *r, struct fault *f)
{
	enum met met;

	if (close_ipv6(c, s, port, f))
		return -1;
	met = probe(c, "localhost", port, s->id, f);
	if (met != MET_OURS)
		return fault_port(met, port, f);
	return set_url(r, "127.0.0.1", port);
}

static void
release_lock(struct reached *r)
{
	r->lock = fdio_close(r->lock);
}

/* The port is not to be had: the host may be this machine, where the server
 * itself has it. */
static int
port_refused(struct connection *c, const struct reach_server *s,
    struct reached *r, struct fault *f)
{
	enum met met = probe(c, "localhost", s->port, s->id, f);
	struct forward *w;
	bool refused;

	if (met == MET_OURS) {
		release_lock(r);
		return set_url(r, "127.0.0.1", s->port);
	}
	if (met == MET_FAULT || s->fixed)
		return fault_port(met, s->port, f);
	w = listen_on(c, s, "127.0.0.1", 0, &refused, f);
	if (!w)
		return refused ? fault_port(met, s->port, f) : -1;
	return prove(c, s, forward_port(w), r, f);
}

static void
note_waiting(void *arg)
{
	const struct connection *c = arg;

	diag_note("%s: waiting for another command of this httpd-scope to "
		  "leave the port on the host",
	    c->settings->host);
}

static int
reach_forward(struct connection *c, const struct reach_server *s,
    struct reached *r, struct fault *f)
{
	struct portlock lock = {.id = s->id, .port = s->port};
	bool refused;
	int type;

	lock.hostkey.p = (const uint8_t *)libssh2_session_hostkey(
	    transport_session(c->t), &lock.hostkey.n, &type);
	r->lock =
	    portlock_take(&lock, transport_waits(c->t), note_waiting, c, f);
	if (r->lock < 0)
		return -1;
	if (listen_on(c, s, "127.0.0.1", s->port, &refused, f))
		return prove(c, s, s->port, r, f);
	return refused ? port_refused(c, s, r, f) : -1;
}

static bool
is_loopback(const char *address)
{
	return !strncmp(address, "127.", 4) || !strcmp(address, "::1");
}

/* The address by which the host knows us: the one of our connection. */
static int
our_address(struct connection *c, const struct reach_server *s, char *to,
    socklen_t size)
{
	struct sockaddr_storage ss = {0};
	socklen_t n = sizeof(ss);
	const void *raw = &((struct sockaddr_in *)&ss)->sin_addr;

	if (strcmp(s->address, "0.0.0.0") && strcmp(s->address, "::")) {
		snprintf(to, size, "%s", s->address);
		return 0;
	}
	if (getsockname(transport_fd(c->t), (struct sockaddr *)&ss, &n))
		return -1;
	if (ss.ss_family == AF_INET6)
		raw = &((struct sockaddr_in6 *)&ss)->sin6_addr;
	else if (ss.ss_family != AF_INET)
		return -1;
	return inet_ntop(ss.ss_family, raw, to, size) ? 0 : -1;
}

static enum met
reach_direct(struct connection *c, const struct reach_server *s,
    struct reached *r, struct fault *f)
{
	char address[64];
	enum met met;

	if (our_address(c, s, address, sizeof(address)))
		return MET_NOBODY;
	met = probe(c, address, s->port, s->id, f);
	if (met == MET_OURS)
		set_url(r, address, s->port);
	return met;
}

int
reach_open(struct connection *c, const struct reach_server *s,
    enum reach_way way, struct reached *r, struct fault *f)
{
	*r = (struct reached){.lock = -1};
	if (way == REACH_DIRECT ||
	    (way == REACH_AUTO && !is_loopback(s->address))) {
		enum met met = reach_direct(c, s, r, f);

		if (met == MET_OURS)
			return 0;
		if (met == MET_FAULT)
			return fault_prefix(f, "httpd-scope");
		if (way == REACH_DIRECT)
			return fault_set(f, FAULT_SCOPE, 0,
			    "httpd-scope: the host does not reach %s", s->url);
		diag_note("%s: the host does not reach the server itself, "
			  "the connection carries it",
		    c->settings->host);
	}
	if (!reach_forward(c, s, r, f))
		return 0;
	release_lock(r);
	if (f->class != FAULT_SCOPE && f->class != FAULT_CANCELLED)
		fault_prefix(f, "httpd-scope");
	if (f->class == FAULT_CONNECT)
		f->class = FAULT_SCOPE;
	return -1;
}
