#include "ssh/forward.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "ssh/relay.h"

enum {
	FORWARD_RELAYS = 256 /* at once; more wait in the listener's queue */
};

struct forward {
	struct transport *t;
	LIBSSH2_LISTENER *listener;
	int port;
	struct sockaddr_storage target;
	socklen_t target_len;
	struct relay_set relays;
};

struct listen_request {
	struct transport *t;
	const char *address;
	int port;
	int bound;
	LIBSSH2_LISTENER *listener;
};

static int
listen_step(void *arg)
{
	struct listen_request *l = arg;
	LIBSSH2_SESSION *s = transport_session(l->t);

	l->listener = libssh2_channel_forward_listen_ex(
	    s, l->address, l->port, &l->bound, 0);
	return l->listener ? 0 : libssh2_session_last_errno(s);
}

static int
resolve_target(
    struct forward *w, const char *address, int port, struct fault *f)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
	    .ai_socktype = SOCK_STREAM};
	struct addrinfo *found;
	char service[16];
	int rc;

	snprintf(service, sizeof(service), "%d", port);
	rc = getaddrinfo(address, service, &hints, &found);
	if (rc)
		return fault_set(
		    f, FAULT_USAGE, 0, "%s: %s", address, gai_strerror(rc));
	__builtin_memcpy(&w->target, found->ai_addr, found->ai_addrlen);
	w->target_len = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

struct forward *
forward_listen(struct transport *t, const struct forward_spec *spec,
    bool *refused, const struct deadline *d, struct fault *f)
{
	struct listen_request l = {.t = t,
	    .address = spec->address,
	    .port = spec->port,
	    .bound = spec->port};
	struct forward *w = mem_alloc(1, sizeof(*w));

	*refused = false;
	w->t = t;
	if (resolve_target(w, spec->target_address, spec->target_port, f))
		goto out;
	if (transport_run(t, listen_step, &l, d, f)) {
		*refused = f->class == FAULT_NONE;
		if (*refused)
			fault_set(f, FAULT_CONNECT, 0,
			    "the server does not listen on %s port %d",
			    spec->address, spec->port);
		goto out;
	}
	w->listener = l.listener;
	w->port = l.bound;
	return w;
out:
	mem_free(w);
	return NULL;
}

int
forward_port(const struct forward *w)
{
	return w->port;
}

static int
connect_target(const struct forward *w)
{
	static const int on = 1;
	int fd = socket(
	    w->target.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, (const struct sockaddr *)&w->target, w->target_len) &&
	    errno != EINPROGRESS)
		return fdio_close(fd);
	return fd;
}

static bool
accept_one(struct forward *w)
{
	LIBSSH2_CHANNEL *raw;
	struct relay *r;
	int fd;

	if (w->relays.n == FORWARD_RELAYS)
		return false;
	raw = libssh2_channel_forward_accept(w->listener);
	if (!raw)
		return false;
	fd = connect_target(w);
	r = relay_new(channel_adopt(w->t, raw), fd);
	if (fd < 0)
		diag_verbose(1, "forwarding: no connection to its target");
	relay_set_add(&w->relays, r);
	return true;
}

bool
forward_pump(struct forward *w)
{
	bool moved = false;

	while (accept_one(w))
		moved = true;
	return relay_set_pump(&w->relays) || moved;
}

size_t
forward_pollfds(const struct forward *w, struct pollfd *fds, size_t max)
{
	return relay_set_pollfds(&w->relays, fds, max);
}

size_t
forward_count(const struct forward *w)
{
	return w->relays.n;
}

void
forward_free(struct forward *w)
{
	if (!w)
		return;
	relay_set_release(&w->relays);
	mem_free(w);
}
