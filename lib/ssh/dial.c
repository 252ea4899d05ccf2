#include "ssh/dial.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "ssh/gateway.h"
#include "ssh/proxycommand.h"
#include "ssh/resolve.h"

enum {
	DIAL_TIMEOUT_MS = 10000,
	DIAL_STAGGER_MS = 250,
	DIAL_AGAIN_MS = 1000, /* between attempts, as ssh */
	DIAL_ADDRESSES = 16
};

/* One race: attempts are started one after the other, the first that
 * connects wins. */
struct race {
	const struct addrinfo *order[DIAL_ADDRESSES];
	int n; /* addresses */
	int started;
	int fds[DIAL_ADDRESSES]; /* -1: failed or not started */
	int error; /* of the last failure */
	const struct settings *settings; /* NULL for a plain address */
	struct deadline next; /* when the next attempt starts */
};

/* Families alternate, the system's preference first. */
static void
order_addresses(struct race *r, const struct addrinfo *found)
{
	const struct addrinfo *a, *b = found;
	int family = found->ai_family;

	for (a = found; r->n < DIAL_ADDRESSES && (a || b);) {
		while (a && a->ai_family != family)
			a = a->ai_next;
		while (b && b->ai_family == family)
			b = b->ai_next;
		if (a) {
			r->order[r->n++] = a;
			a = a->ai_next;
		}
		if (b && r->n < DIAL_ADDRESSES) {
			r->order[r->n++] = b;
			b = b->ai_next;
		}
	}
}

static int
bind_source(int fd, const struct settings *s, int family)
{
	struct addrinfo hints = {.ai_family = family,
	    .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_NUMERICHOST | AI_PASSIVE};
	struct addrinfo *found;
	int rc;

	if (!s || !s->bind_address)
		return 0;
	if (getaddrinfo(s->bind_address, NULL, &hints, &found)) {
		errno = EADDRNOTAVAIL;
		return -1;
	}
	rc = bind(fd, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return rc;
}

/* Starts the next attempt. */
static void
start_next(struct race *r)
{
	const struct addrinfo *a = r->order[r->started];
	int fd =
	    socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	r->fds[r->started] = fd;
	if (fd < 0 || bind_source(fd, r->settings, a->ai_family) ||
	    (connect(fd, a->ai_addr, a->ai_addrlen) && errno != EINPROGRESS)) {
		r->error = errno;
		r->fds[r->started] = fdio_close(fd);
	}
	r->started++;
}

/* The winner's index, or -1. */
static int
look_at_attempts(struct race *r, const struct pollfd *fds)
{
	int i;

	for (i = 0; i < r->started; i++) {
		int error = 0;
		socklen_t n = sizeof(error);

		if (r->fds[i] < 0 || !fds[i].revents)
			continue;
		getsockopt(r->fds[i], SOL_SOCKET, SO_ERROR, &error, &n);
		if (!error)
			return i;
		r->error = error;
		r->fds[i] = fdio_close(r->fds[i]);
	}
	return -1;
}

static int
attempts_open(const struct race *r)
{
	int i, n = 0;

	for (i = 0; i < r->started; i++)
		n += r->fds[i] >= 0;
	return n;
}

/* Waits for one of the attempts, or until it is time for the next. */
static int
race_wait(struct race *r, struct pollfd *fds, const struct wait *w,
    const struct deadline *d, struct fault *f)
{
	bool more = r->started < r->n;
	bool sooner = deadline_left(&r->next) < deadline_left(d);
	int i;

	for (i = 0; i < r->started; i++)
		fds[i] = (struct pollfd){.fd = r->fds[i], .events = POLLOUT};
	return wait_poll(
	    w, fds, (nfds_t)r->started, more && sooner ? &r->next : d, f);
}

static int
race_run(struct race *r, const struct wait *w, const struct deadline *d,
    struct fault *f)
{
	int winner = -1;

	while (winner < 0) {
		struct pollfd fds[DIAL_ADDRESSES];

		if (r->started < r->n &&
		    (!attempts_open(r) || !deadline_left(&r->next))) {
			start_next(r);
			r->next = deadline_in(DIAL_STAGGER_MS, NULL, NULL);
			continue;
		}
		if (!attempts_open(r))
			return fault_set(f, FAULT_CONNECT, r->error, "connect");
		if (race_wait(r, fds, w, d, f))
			return -1;
		winner = look_at_attempts(r, fds);
	}
	return winner;
}

static int
race_end(struct race *r, int winner)
{
	int i, fd = -1;

	for (i = 0; i < r->started; i++) {
		if (i == winner)
			fd = r->fds[i];
		else
			fdio_close(r->fds[i]);
	}
	return fd;
}

static int
dial_found(struct race *r, const struct addrinfo *found,
    const struct deadline *d, const struct wait *w, struct fault *f)
{
	int i;

	for (i = 0; i < DIAL_ADDRESSES; i++)
		r->fds[i] = -1;
	order_addresses(r, found);
	return race_end(r, race_run(r, w, d, f));
}

static int
family_of(const struct settings *s)
{
	if (s->address_family == FAMILY_INET)
		return AF_INET;
	return s->address_family == FAMILY_INET6 ? AF_INET6 : AF_UNSPEC;
}

/* Waits for our turn where many are to log in at one server, for the first of
 * its addresses is where they go. */
static int
take_place(const struct settings *s, const struct access *access,
    const struct addrinfo *found, struct dialled *to, const struct wait *w,
    struct fault *f)
{
	if (to->place || !access->startups)
		return 0;
	to->place = startups_enter(access->startups, s, found, w, f);
	return to->place ? 0 : -1;
}

static int
dial_directly(const struct settings *s, const struct access *access,
    struct dialled *to, const struct wait *w, struct fault *f)
{
	struct addrinfo hints = {
	    .ai_family = family_of(s), .ai_socktype = SOCK_STREAM};
	struct race r = {.settings = s};
	struct addrinfo *found;
	struct deadline d;
	int fd = -1, timeout = s->connect_timeout;

	if (resolve(s->hostname, s->port, &hints, w, &found, f))
		return -1;
	if (!take_place(s, access, found, to, w, f)) {
		d = deadline_in(timeout > 0 ? timeout : DIAL_TIMEOUT_MS,
		    "answer", "-o ConnectTimeout");
		fd = dial_found(&r, found, &d, w, f);
	}
	freeaddrinfo(found);
	if (fd < 0 && f->class == FAULT_CONNECT)
		fault_prefix(f, "%s port %d", s->hostname, s->port);
	return fd;
}

static int
dial_once(const struct settings *s, const struct access *access,
    struct dialled *to, const struct wait *w, struct fault *f)
{
	if (!s->proxy_jump.count && !s->proxy_command)
		return dial_directly(s, access, to, w, f);
	if (take_place(s, access, NULL, to, w, f))
		return -1;
	if (s->proxy_jump.count)
		return gateway_dial(access, s, w, f);
	return proxycommand_start(s, &to->proxy, f);
}

int
dial(const struct settings *s, const struct access *access, struct dialled *to,
    const struct wait *w, struct fault *f)
{
	int i, fd;

	*to = (struct dialled){0};
	fd = dial_once(s, access, to, w, f);

	for (i = 1; fd < 0 && i < s->connection_attempts; i++) {
		struct deadline d = deadline_in(DIAL_AGAIN_MS, NULL, NULL);

		if (f->class != FAULT_CONNECT)
			break;
		while (deadline_left(&d))
			if (wait_poll(w, NULL, 0, &d, f))
				return -1;
		fd = dial_once(s, access, to, w, f);
	}
	return fd;
}

int
dial_address(const char *address, int port, int64_t timeout,
    const struct wait *w, struct fault *f)
{
	struct addrinfo hints = {
	    .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
	struct race r = {0};
	struct addrinfo *found;
	struct deadline d = deadline_in(timeout, "answer", NULL);
	int fd;

	if (resolve(address, port, &hints, w, &found, f))
		return -1;
	fd = dial_found(&r, found, &d, w, f);
	freeaddrinfo(found);
	return fd;
}
