/*
 * Local forwarding: we listen, and the server connects.  One channel of a
 * session is opened at a time; who comes meanwhile waits in the queue of the
 * listening socket.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "ssh/forward_internal.h"

enum { LOCAL_BACKLOG = 128, LOCAL_TRIES = 32, LOCAL_WINDOW = 2 << 20 };

struct local {
	struct forward forward;
	int fds[FORWARD_SOCKETS]; /* -1: none */
	const char *name; /* of the host, borrowed */
	char *host;
	int host_port;
	struct channel_opening opening;
	int accepted; /* for which it is, or -1 */
};

static int
listen_on(const struct addrinfo *a)
{
	static const int on = 1;
	int fd =
	    socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (a->ai_family == AF_INET6)
		(void)setsockopt(
		    fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, a->ai_addr, a->ai_addrlen) || listen(fd, LOCAL_BACKLOG))
		return fdio_close(fd);
	return fd;
}

static int
port_of(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} name;
	socklen_t n = sizeof(name);

	memset(&name, 0, sizeof(name));
	if (getsockname(fd, &name.any, &n))
		return 0;
	return ntohs(name.any.sa_family == AF_INET6 ? name.in6.sin6_port
						    : name.in.sin_port);
}

static void
set_port(struct sockaddr *addr, int port)
{
	if (addr->sa_family == AF_INET6)
		((struct sockaddr_in6 *)addr)->sin6_port =
		    htons((uint16_t)port);
	else
		((struct sockaddr_in *)addr)->sin_port = htons((uint16_t)port);
}

/* Listens on each of the addresses, up to FORWARD_SOCKETS.  One that this machine
 * has no family for is no error, one that is taken is: its errno, or 0. */
static int
listen_all(struct local *l, const struct addrinfo *a)
{
	int fd, n = 0, error = 0;

	for (; a && n < FORWARD_SOCKETS; a = a->ai_next) {
		/* a free port is the same on all of them */
		if (n > 0)
			set_port(a->ai_addr, l->forward.port);
		fd = listen_on(a);
		if (fd >= 0) {
			if (n == 0)
				l->forward.port = port_of(fd);
			l->fds[n++] = fd;
		} else if (errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL) {
			error = errno;
		}
	}
	return n || error ? error : EADDRNOTAVAIL;
}

static void
close_all(struct local *l)
{
	int i;

	for (i = 0; i < FORWARD_SOCKETS; i++)
		l->fds[i] = fdio_close(l->fds[i]);
}

/* A port that is free on the first address may be taken on the next: then
 * another will do. */
static int
listen_somewhere(struct local *l, const struct addrinfo *found, int port)
{
	int i, error = EADDRINUSE;

	for (i = 0; i < LOCAL_TRIES && error == EADDRINUSE; i++) {
		close_all(l);
		set_port(found->ai_addr, port);
		error = listen_all(l, found);
		if (port != 0)
			break;
	}
	return error;
}

/* What listening on it is called. */
static const char *
address_name(const struct forward_spec *spec)
{
	return spec->address ? spec->address : "localhost";
}

static int
listen_here(struct local *l, const struct forward_spec *spec, struct fault *f)
{
	bool any = spec->address && !strcmp(spec->address, "*");
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_NUMERICSERV | (any ? AI_PASSIVE : 0)};
	struct addrinfo *found;
	char service[16];
	int rc, error;

	snprintf(service, sizeof(service), "%d", spec->port);
	rc = getaddrinfo(any ? NULL : spec->address, service, &hints, &found);
	if (rc)
		return fault_set(f, FAULT_CONNECT, 0, "-L: %s: %s",
		    address_name(spec), gai_strerror(rc));
	error = listen_somewhere(l, found, spec->port);
	freeaddrinfo(found);
	if (error)
		return fault_set(f, FAULT_CONNECT, error, "-L: %s port %d",
		    address_name(spec), spec->port);
	return 0;
}

static int
accept_any(const struct local *l)
{
	int i, fd = -1;

	for (i = 0; i < FORWARD_SOCKETS && fd < 0; i++) {
		if (l->fds[i] >= 0)
			fd = accept4(l->fds[i], NULL, NULL,
			    SOCK_CLOEXEC | SOCK_NONBLOCK);
	}
	return fd;
}

static bool
begin(struct local *l)
{
	struct forward *w = &l->forward;

	if (transport_is_opening(w->t) || w->relays.n == FORWARD_RELAYS)
		return false;
	l->accepted = accept_any(l);
	if (l->accepted < 0)
		return false;
	l->opening = (struct channel_opening){.t = w->t,
	    .host = l->host,
	    .port = l->host_port,
	    .window = LOCAL_WINDOW};
	channel_opening_start(&l->opening);
	return true;
}

static bool
local_accept(struct forward *w)
{
	struct local *l = (struct local *)w;
	struct channel *c;
	struct fault f = {0};

	if (l->accepted < 0 && !begin(l))
		return false;
	if (!channel_opening_step(&l->opening))
		return false;
	c = channel_opening_end(&l->opening, &f);
	if (c) {
		relay_set_add(&w->relays, relay_new(c, l->accepted));
	} else {
		diag_note("%s: -L: %s", l->name, f.text);
		fdio_close(l->accepted);
	}
	l->accepted = -1;
	return true;
}

/* While an opening is under way, nobody else is taken. */
static size_t
local_pollfds(const struct forward *w, struct pollfd *fds, size_t max)
{
	const struct local *l = (const struct local *)w;
	size_t i, n = 0;

	if (l->accepted >= 0 || transport_is_opening(w->t) ||
	    w->relays.n == FORWARD_RELAYS)
		return 0;
	for (i = 0; i < FORWARD_SOCKETS && n < max; i++) {
		if (l->fds[i] >= 0)
			fds[n++] =
			    (struct pollfd){.fd = l->fds[i], .events = POLLIN};
	}
	return n;
}

static void
local_free(struct forward *w)
{
	struct local *l = (struct local *)w;

	close_all(l);
	if (l->accepted >= 0)
		transport_set_opening(w->t, NULL);
	buf_release(&l->opening.message);
	fdio_close(l->accepted);
	mem_free(l->host);
	mem_free(l);
}

struct forward *
forward_local(
    struct transport *t, const struct forward_spec *spec, struct fault *f)
{
	static const struct forward_ops ops = {.accept = local_accept,
	    .pollfds = local_pollfds,
	    .free = local_free};
	struct local *l = mem_alloc(1, sizeof(*l));
	int i;

	l->forward.ops = &ops;
	l->forward.t = t;
	l->accepted = -1;
	for (i = 0; i < FORWARD_SOCKETS; i++)
		l->fds[i] = -1;
	l->name = spec->name;
	l->host = mem_strdup(spec->target_address);
	l->host_port = spec->target_port;
	if (!listen_here(l, spec, f))
		return &l->forward;
	local_free(&l->forward);
	return NULL;
}
