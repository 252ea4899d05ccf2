#include "ssh/probe.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/nonce.h"
#include "ssh/channel.h"
#include "ssh/dial.h"

enum { PROBE_HEAD_MAX = 8192 };

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

const char *
probe_address(const struct reach_server *s)
{
	if (!strcmp(s->address, "0.0.0.0"))
		return "127.0.0.1";
	return strcmp(s->address, "::") ? s->address : "::1";
}

/* What a head says about who sent it. */
static enum met
met_with(const struct buf *head, const char *id)
{
	if (!head->len)
		return MET_SILENCE;
	return reach_is_ours(buf_str(head), head->len, id) ? MET_OURS
							   : MET_STRANGER;
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

enum met
probe_here(const struct reach_server *s, const struct wait *w, struct fault *f)
{
	struct deadline d = deadline_in(PROBE_MS, "answer", NULL);
	int fd = dial_address(probe_address(s), s->port, PROBE_MS, w, f);
	enum met met = MET_NOBODY;
	struct buf head;

	if (fd < 0)
		return f->class == FAULT_CANCELLED ? MET_FAULT : MET_NOBODY;
	buf_init(&head, PROBE_HEAD_MAX);
	request_head(&head, s->port);
	if (!fdio_write_all(fd, head.data, head.len)) {
		buf_clear(&head);
		met = read_head(fd, w, &d, &head, f) &&
			f->class == FAULT_CANCELLED
		    ? MET_FAULT
		    : met_with(&head, s->id);
	}
	close(fd);
	buf_release(&head);
	return met;
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

enum met
probe_host(struct connection *c, const char *address, int port, const char *id,
    struct fault *f)
{
	struct deadline d =
	    deadline_in(PROBE_MS, "answer through the host", NULL);
	struct channel *ch;
	struct buf head;
	enum met met;
	bool refused;

	ch = channel_open_direct(c->t, address, port, &refused, &d, f);
	if (!ch && !refused)
		return MET_FAULT;
	if (!ch)
		return transport_open_failure(c->t) == 1 ? MET_FORBIDDEN
							 : MET_NOBODY;
	buf_init(&head, PROBE_HEAD_MAX);
	/* one that says nothing is no fault, a lost connection is */
	if (converse(c, ch, &head, &d, f) &&
	    (f->class != FAULT_CONNECT || transport_ended(c->t)))
		met = MET_FAULT;
	else
		met = met_with(&head, id);
	buf_release(&head);
	if (met == MET_FAULT)
		channel_abandon(ch);
	else
		end_probe(c, ch);
	diag_verbose(2, "%s: request to %s port %d on the host: %d",
	    c->settings->host, address, port, met);
	return met;
}

/* A listener on 127.0.0.1 here, at a port that the system picks. */
static int
listen_here(int *port)
{
	struct sockaddr_in sin = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&sin, n) ||
	    listen(fd, 8) || getsockname(fd, (struct sockaddr *)&sin, &n))
		return fdio_close(fd);
	*port = ntohs(sin.sin_port);
	return fd;
}

/* Tells the number to whoever connects. */
static bool
tell(int listener, const char *number)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	ssize_t ignored;

	if (fd < 0)
		return false;
	ignored = send(fd, number, NONCE_LEN, MSG_NOSIGNAL);
	(void)ignored;
	close(fd);
	return true;
}

/* Whether the number comes back through the channel. */
static int
comes_back(struct connection *c, struct channel *ch, int listener,
    const struct deadline *d, struct fault *f)
{
	struct pollfd p = {.fd = listener, .events = POLLIN};
	char number[NONCE_LEN + 1], got[NONCE_LEN];
	size_t have = 0;

	nonce_make(number);
	while (have < NONCE_LEN) {
		bool told = tell(listener, number);
		bool moved = connection_pump(c) || told;
		ssize_t n = channel_read(
		    ch, CHANNEL_STDOUT, got + have, NONCE_LEN - have);

		if (n == CHANNEL_EOF || n == CHANNEL_BROKEN)
			return 0;
		if (n > 0)
			have += (size_t)n;
		else if (!moved && connection_wait(c, &p, 1, d, f))
			return f->class == FAULT_CANCELLED ? -1 : 0;
	}
	return memcmp(got, number, NONCE_LEN) == 0;
}

int
probe_is_here(struct connection *c, struct fault *f)
{
	struct deadline d =
	    deadline_in(PROBE_MS, "answer through the host", NULL);
	int port = 0, ret, listener = listen_here(&port);
	struct channel *ch;
	bool refused;

	if (listener < 0)
		return 0;
	ch = channel_open_direct(c->t, "127.0.0.1", port, &refused, &d, f);
	if (ch) {
		ret = comes_back(c, ch, listener, &d, f);
		end_probe(c, ch);
	} else {
		ret = refused ? 0 : -1;
	}
	close(listener);
	return ret;
}
