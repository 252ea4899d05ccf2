#include "ssh/relay.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/mem.h"

enum { RELAY_CHUNK = 32 * 1024 };

struct chunk {
	size_t at, len; /* the bytes at to len wait to be written */
	char bytes[RELAY_CHUNK];
};

struct relay {
	struct channel *c; /* NULL when closed */
	int fd; /* -1 when closed */
	bool from_channel_ended, from_socket_ended; /* all was read */
	bool to_channel_ended, to_socket_ended; /* and passed on */
	bool broken;
	bool connected; /* its other end has been heard of */
	const struct addrinfo *next; /* to connect to, if this one fails */
	struct chunk to_socket, to_channel;
};

struct relay *
relay_new(struct channel *c, int fd)
{
	struct relay *r = mem_alloc(1, sizeof(*r));

	(void)fdio_set_nonblock(fd, 1);
	r->c = c;
	r->fd = fd;
	r->connected = true;
	return r;
}

/* Begins to connect to the next address; false when there is none. */
static bool
connect_next(struct relay *r)
{
	static const int on = 1;
	const struct addrinfo *a = r->next;

	r->fd = fdio_close(r->fd);
	if (!a)
		return false;
	r->next = a->ai_next;
	r->fd =
	    socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (r->fd < 0)
		return connect_next(r);
	(void)setsockopt(r->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(r->fd, a->ai_addr, a->ai_addrlen) && errno != EINPROGRESS)
		return connect_next(r);
	return true;
}

struct relay *
relay_to(struct channel *c, const struct addrinfo *targets)
{
	struct relay *r = mem_alloc(1, sizeof(*r));

	r->c = c;
	r->fd = -1;
	r->next = targets;
	if (!connect_next(r))
		r->broken = true;
	return r;
}

/* The socket has failed, with errno: another address, or the end. */
static void
socket_failed(struct relay *r)
{
	if (r->connected || !connect_next(r)) {
		diag_verbose(1, "forwarding: %s", strerror(errno));
		r->broken = true;
	}
}

void
relay_free(struct relay *r)
{
	if (!r)
		return;
	channel_abandon(r->c);
	fdio_close(r->fd);
	mem_free(r);
}

static bool
chunk_empty(const struct chunk *k)
{
	return k->at == k->len;
}

static bool
fill_from_channel(struct relay *r)
{
	ssize_t n;

	if (r->from_channel_ended || !chunk_empty(&r->to_socket))
		return false;
	n = channel_read(r->c, CHANNEL_STDOUT, r->to_socket.bytes, RELAY_CHUNK);
	if (n == CHANNEL_AGAIN)
		return false;
	if (n == CHANNEL_BROKEN)
		r->broken = true;
	if (n <= 0)
		r->from_channel_ended = true;
	r->to_socket.at = 0;
	r->to_socket.len = n > 0 ? (size_t)n : 0;
	return true;
}

static bool
drain_to_socket(struct relay *r)
{
	struct chunk *k = &r->to_socket;
	ssize_t n;

	if (chunk_empty(k)) {
		if (!r->from_channel_ended || r->to_socket_ended)
			return false;
		r->to_socket_ended = true;
		(void)shutdown(r->fd, SHUT_WR);
		return true;
	}
	n = send(r->fd, k->bytes + k->at, k->len - k->at, MSG_NOSIGNAL);
	if (n > 0) {
		r->connected = true;
		k->at += (size_t)n;
		return true;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	socket_failed(r);
	return true;
}

static bool
fill_from_socket(struct relay *r)
{
	ssize_t n;

	if (r->from_socket_ended || !chunk_empty(&r->to_channel))
		return false;
	n = recv(r->fd, r->to_channel.bytes, RELAY_CHUNK, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n < 0) {
		socket_failed(r);
		return true;
	}
	r->connected = true;
	if (n == 0)
		r->from_socket_ended = true;
	r->to_channel.at = 0;
	r->to_channel.len = (size_t)n;
	return true;
}

static bool
drain_to_channel(struct relay *r)
{
	struct chunk *k = &r->to_channel;
	ssize_t n;

	if (chunk_empty(k)) {
		if (!r->from_socket_ended || r->to_channel_ended ||
		    channel_send_eof(r->c) == CHANNEL_AGAIN)
			return false;
		r->to_channel_ended = true;
		return true;
	}
	n = channel_write(r->c, k->bytes + k->at, k->len - k->at);
	if (n == CHANNEL_AGAIN)
		return false;
	if (n == CHANNEL_BROKEN)
		r->broken = true;
	else
		k->at += (size_t)n;
	return true;
}

static bool
pump_close(struct relay *r)
{
	r->fd = fdio_close(r->fd);
	if (!r->c || channel_free(r->c) == CHANNEL_AGAIN)
		return false;
	r->c = NULL;
	return true;
}

bool
relay_pump(struct relay *r)
{
	bool moved;

	if (r->broken || (r->to_channel_ended && r->to_socket_ended))
		return pump_close(r);
	moved = fill_from_channel(r);
	moved |= drain_to_socket(r);
	moved |= fill_from_socket(r);
	moved |= drain_to_channel(r);
	return moved;
}

struct pollfd
relay_pollfd(const struct relay *r)
{
	struct pollfd p = {.fd = r->fd};

	if (!r->from_socket_ended && chunk_empty(&r->to_channel))
		p.events |= POLLIN;
	if (!chunk_empty(&r->to_socket))
		p.events |= POLLOUT;
	/* a descriptor with no events would still report its hang-up */
	if (!p.events)
		p.fd = -1;
	return p;
}

bool
relay_done(const struct relay *r)
{
	return !r->c && r->fd < 0;
}

void
relay_set_add(struct relay_set *s, struct relay *r)
{
	if (s->n == s->max) {
		s->max = s->max ? 2 * s->max : 16;
		s->items =
		    mem_realloc(s->items, s->max * sizeof(struct relay *));
	}
	s->items[s->n++] = r;
}

bool
relay_set_pump(struct relay_set *s)
{
	bool moved = false;
	size_t i = 0;

	while (i < s->n) {
		moved |= relay_pump(s->items[i]);
		if (relay_done(s->items[i])) {
			relay_free(s->items[i]);
			s->items[i] = s->items[--s->n];
		} else {
			i++;
		}
	}
	return moved;
}

size_t
relay_set_pollfds(const struct relay_set *s, struct pollfd *fds, size_t max)
{
	size_t i, n = 0;

	for (i = 0; i < s->n && n < max; i++) {
		struct pollfd p = relay_pollfd(s->items[i]);

		if (p.fd >= 0)
			fds[n++] = p;
	}
	return n;
}

void
relay_set_release(struct relay_set *s)
{
	while (s->n > 0)
		relay_free(s->items[--s->n]);
	mem_free(s->items);
	*s = (struct relay_set){0};
}
