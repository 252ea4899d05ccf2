#include "http/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fdio.h"

enum {
	BACKLOG = 4096,
	TRIES = 64 /* to find a port that is free in both families */
};

union wanted_address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/* What to bind, before the port is known. */
struct wanted {
	union wanted_address at[LISTEN_MAX];
	size_t n;
	bool optional; /* one of them is enough: no IPv6 is no error, nor is an
			* address that an interface has not quite yet */
};

/* An address; one of IPv6 that is a link's own has its interface behind it,
 * fe80::1%eth0 (RFC 4007 11). */
static int
add_text(struct wanted *w, const char *text)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	const char *zone = strchr(text, '%');
	char plain[ADDRESS_TEXT_MAX];

	if (zone) {
		in6.sin6_scope_id = if_nametoindex(zone + 1);
		if (!in6.sin6_scope_id)
			return -1;
	}
	snprintf(plain, sizeof(plain), "%.*s", (int)strcspn(text, "%"), text);
	if (!zone && inet_pton(AF_INET, plain, &in.sin_addr) == 1)
		w->at[w->n++].in = in;
	else if (inet_pton(AF_INET6, plain, &in6.sin6_addr) == 1)
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
	w->optional = true;
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
		w->optional = true;
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
cannot_be(int error)
{
	return error == EAFNOSUPPORT || error == EADDRNOTAVAIL ||
	    error == EPROTONOSUPPORT;
}

static bool
is_link_local(const union wanted_address *at)
{
	return at->sa.sa_family == AF_INET6 &&
	    IN6_IS_ADDR_LINKLOCAL(&at->in6.sin6_addr);
}

/* An address as text, with its interface where it is a link's own. */
static void
name_one(const union wanted_address *at, char text[LISTEN_TEXT_MAX])
{
	const struct address a = address_of(&at->sa);
	size_t n;

	address_format(&a, text);
	n = strlen(text);
	if (!is_link_local(at) || n + 1 + IF_NAMESIZE > LISTEN_TEXT_MAX)
		return;
	text[n] = '%';
	if (!if_indextoname(at->in6.sin6_scope_id, text + n + 1))
		text[n] = '\0';
}

/* All at one port.  -1 with errno, and *failed the one that failed. */
static int
open_all(struct listeners *l, struct wanted *w, uint16_t port, size_t *failed)
{
	size_t i = 0;

	l->port = port;
	while (i < w->n) {
		int fd = open_one(w, i, l->port);

		if (fd < 0 && w->optional && w->n > 1 && cannot_be(errno)) {
			w->n--;
			memmove(&w->at[i], &w->at[i + 1],
			    (w->n - i) * sizeof(*w->at));
			continue;
		}
		if (fd < 0) {
			*failed = i;
			return -1;
		}
		l->port = port_of(fd);
		name_one(&w->at[i++], l->name[l->n]);
		l->fd[l->n++] = fd;
	}
	return 0;
}

/* The address by which others know us: the first that means the same
 * everywhere, or, where all are a link's own, the first. */
static void
set_names(struct listeners *l, const struct wanted *w)
{
	size_t i = 0;

	while (i < w->n && is_link_local(&w->at[i]))
		i++;
	l->address = l->name[i < w->n ? i : 0];
	l->reach = l->address;
	if (!strcmp(l->address, "0.0.0.0") || !strcmp(l->address, "::"))
		l->reach = "127.0.0.1";
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
