#include "ssh/reach.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "ssh/portlock.h"
#include "ssh/probe.h"

enum {
	REACH_LATE_MS = 2000, /* for the listener of an earlier command */
	REACH_AGAIN_MS = 100
};

int
reach_alive(const struct reach_server *s, const struct wait *w, struct fault *f)
{
	enum met met = probe_here(s, w, f);

	if (met == MET_OURS)
		return 0;
	if (met == MET_FAULT)
		return -1;
	return fault_set(f, FAULT_USAGE, 0,
	    "no httpd-scope answers any more at %s of HTTPD_SCOPE_URL "
	    "(--scope=off does without)",
	    s->url);
}

static int
fault_port(enum met met, int port, struct fault *f)
{
	if (met == MET_FAULT)
		return -1;
	if (met == MET_STRANGER || met == MET_SILENCE || met == MET_OURS)
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
	    deadline_in(PROBE_MS, "answer to a forwarding", NULL);
	struct forward_spec spec = {.address = address,
	    .port = port,
	    .target_address = probe_address(s),
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

/* dropbear listens on all addresses of localhost when it is asked for one, or
 * with -a on those of the host, to which 127.0.0.2 leads as well. */
static bool
is_localhost_alone(struct connection *c, const struct reach_server *s, int port)
{
	struct fault ignored = {0};

	return transport_is_dropbear(c->t) &&
	    probe_host(c, "127.0.0.2", port, s->id, &ignored) == MET_NOBODY;
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
	met = probe_host(c, "::1", port, s->id, f);
	if (met == MET_OURS && is_localhost_alone(c, s, port))
		return 0;
	if (met == MET_OURS)
		return fault_set(f, FAULT_SCOPE, 0,
		    "httpd-scope: the host's SSH server would open the port to "
		    "its network (GatewayPorts yes in its sshd_config)");
	return met == MET_NOBODY || met == MET_FORBIDDEN
	    ? 0
	    : fault_port(met, port, f);
}

static int
set_url(struct reached *r, const char *address, int port)
{
	bool ipv6 = strchr(address, ':') != NULL;

	r->port = port;
	snprintf(r->address, sizeof(r->address), "%s", address);
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
	met = probe_host(c, "localhost", port, s->id, f);
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
 * itself has it.  Its answer alone does not show that: the number in it was
 * seen by all who asked at the port while an earlier command had it. */
static int
port_refused(struct connection *c, const struct reach_server *s, enum met met,
    struct reached *r, struct fault *f)
{
	int here = met == MET_OURS ? probe_is_here(c, f) : 0;
	struct forward *w;
	bool refused;

	if (here < 0)
		return -1;
	if (here) {
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

/* The host's SSH server may not have closed the listener of a connection that
 * has ended a moment ago: then nobody, or nothing, answers at the port. */
static int
listen_soon(struct connection *c, const struct reach_server *s,
    struct reached *r, struct fault *f)
{
	struct deadline end = deadline_in(REACH_LATE_MS, NULL, NULL);

	do {
		struct deadline d = deadline_in(REACH_AGAIN_MS, NULL, NULL);
		enum met met;
		bool refused;

		if (listen_on(c, s, "127.0.0.1", s->port, &refused, f))
			return prove(c, s, s->port, r, f);
		if (!refused)
			return -1;
		met = probe_host(c, "localhost", s->port, s->id, f);
		if (met != MET_NOBODY && met != MET_SILENCE)
			return port_refused(c, s, met, r, f);
		if (connection_wait(c, NULL, 0, &d, f))
			return -1;
	} while (deadline_left(&end));
	return port_refused(c, s, MET_NOBODY, r, f);
}

static int
reach_forward(struct connection *c, const struct reach_server *s,
    struct reached *r, struct fault *f)
{
	struct portlock lock = {.id = s->id, .port = s->port};
	int type;

	lock.hostkey.p = (const uint8_t *)libssh2_session_hostkey(
	    transport_session(c->t), &lock.hostkey.n, &type);
	r->lock =
	    portlock_take(&lock, transport_waits(c->t), note_waiting, c, f);
	return r->lock < 0 ? -1 : listen_soon(c, s, r, f);
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
	met = probe_host(c, address, s->port, s->id, f);
	/* a loopback address means the host's own, which may be another's */
	if (met == MET_OURS && is_loopback(address)) {
		int here = probe_is_here(c, f);

		if (here <= 0)
			return here ? MET_FAULT : MET_STRANGER;
	}
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
