#include "http/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/fdio.h"

enum {
	BACKLOG = 4096,
	TRIES = 64 /* to find a port that is free in both families */
};

/* What to bind, before the port is known. */
struct wanted {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} at[LISTEN_MAX];
	size_t n;
	bool second_optional; /* no IPv6 on this machine is no error */
};

static int
add_text(struct wanted *w, const char *text)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

	if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
		w->at[w->n++].in = in;
	else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
		w->at[w->n++].in6 = in6;
	else
		return -1;
	return 0;
}

static void
add_interface(struct wanted *w, const char *name)
{
	struct ifaddrs *all, *i;

	if (getifaddrs(&all))
		return;
	for (i = all; i && w->n < LISTEN_MAX; i = i->ifa_next) {
		if (!i->ifa_addr || strcmp(i->ifa_name, name))
			continue;
		if (i->ifa_addr->sa_family == AF_INET)
			memcpy(&w->at[w->n++].in, i->ifa_addr,
			    sizeof(struct sockaddr_in));
		else if (i->ifa_addr->sa_family == AF_INET6)
			memcpy(&w->at[w->n++].in6, i->ifa_addr,
			    sizeof(struct sockaddr_in6));
	}
	freeifaddrs(all);
}

static int
find_wanted(struct wanted *w, const char *address, struct fault *f)
{
	if (!address) {
		add_text(w, "127.0.0.1");
		add_text(w, "::1");
		w->second_optional = true;
		return 0;
	}
	if (add_text(w, address))
		add_interface(w, address);
	if (w->n == 0)
		return fault_set(f, FAULT_USAGE, 0,
		    "%s is neither an address nor an interface that has one",
		    address);
	return 0;
}

static int
open_one(const struct wanted *w, size_t i, uint16_t port)
{
	const int on = 1, off = 0;
	const bool v6 = w->at[i].sa.sa_family == AF_INET6;
	struct sockaddr_in in = w->at[i].in;
	struct sockaddr_in6 in6 = w->at[i].in6;
	const struct sockaddr *sa = v6 ? (const void *)&in6 : (const void *)&in;
	const int any = !memcmp(&in6.sin6_addr, &in6addr_any, 16);
	int fd = socket(w->at[i].sa.sa_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	in.sin_port = in6.sin6_port = htons(port);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* inherited by the connections */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	/* a connection is accepted with its request, or after a second */
	setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &on, sizeof(on));
	if (v6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, any ? &off : &on,
		    sizeof(on));
	if (bind(fd, sa, v6 ? sizeof(in6) : sizeof(in)) || listen(fd, BACKLOG))
		return fdio_close(fd);
	return fd;
}

static uint16_t
port_of(int fd)
{
	struct sockaddr_in6 name = {0};
	socklen_t n = sizeof(name);

	/* the port stands at the same place in both families */
	getsockname(fd, (struct sockaddr *)&name, &n);
	return ntohs(name.sin6_port);
}

static bool
no_such_family(int error)
{
	return error == EAFNOSUPPORT || error == EADDRNOTAVAIL ||
	    error == EPROTONOSUPPORT;
}

/* All at one port.  -1 with errno, and *failed the one that failed. */
static int
open_all(
    struct listeners *l, const struct wanted *w, uint16_t port, size_t *failed)
{
	size_t i;

	l->port = port;
	for (i = 0; i < w->n; i++) {
		int fd = open_one(w, i, l->port);

		if (fd < 0 && i == 1 && w->second_optional &&
		    no_such_family(errno))
			continue;
		if (fd < 0) {
			*failed = i;
			return -1;
		}
		l->port = port_of(fd);
		l->fd[l->n++] = fd;
	}
	return 0;
}

static void
set_names(struct listeners *l, const struct wanted *w)
{
	struct address a = address_of(&w->at[0].sa);

	address_format(&a, l->address);
	address_format(&a, l->reach);
	if (!strcmp(l->address, "0.0.0.0") || !strcmp(l->address, "::"))
		memcpy(l->reach, "127.0.0.1", sizeof("127.0.0.1"));
}

int
listen_open(
    struct listeners *l, const char *address, uint16_t port, struct fault *f)
{
	struct wanted w = {.n = 0};
	char text[ADDRESS_TEXT_MAX];
	struct address a;
	size_t failed = 0;
	int tries, error;

	l->n = 0;
	if (find_wanted(&w, address, f))
		return -1;
	for (tries = 0; tries < TRIES; tries++) {
		if (!open_all(l, &w, port, &failed)) {
			set_names(l, &w);
			return 0;
		}
		error = errno;
		listen_close(l);
		errno = error;
		if (port || errno != EADDRINUSE)
			break;
	}
	a = address_of(&w.at[failed].sa);
	address_format(&a, text);
	if (port)
		return fault_set(
		    f, FAULT_SYSTEM, errno, "port %u on %s", port, text);
	return fault_set(f, FAULT_SYSTEM, errno, "a port on %s", text);
}

void
listen_close(struct listeners *l)
{
	while (l->n > 0)
		close(l->fd[--l->n]);
}
