/*
 * The send and receive hooks of a session, and what the server says beside what
 * is asked for.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/quote.h"
#include "ssh/transport_internal.h"

const char transport_parting[] = "the server ended the connection: ";

static bool
is_reset(int error)
{
	return error == ECONNRESET || error == EPIPE || error == ETIMEDOUT ||
	    error == EHOSTUNREACH || error == ENETUNREACH ||
	    error == ENOTCONN || error == ECONNABORTED;
}

void
hook_flush(struct transport *t)
{
	while (t->queue.len > 0 && !t->ended) {
		ssize_t n =
		    send(t->fd, t->queue.data, t->queue.len, MSG_NOSIGNAL);

		if (n > 0)
			buf_consume(&t->queue, (size_t)n);
		else if (n < 0 && is_reset(errno))
			buf_clear(&t->queue);
		else if (errno != EINTR)
			return;
	}
}

ssize_t
hook_send(libssh2_socket_t fd, const void *bytes, size_t n, int flags,
    void **abstract)
{
	struct transport *t = *abstract;
	ssize_t done = 0;

	if (t->dead)
		return -ECONNRESET;
	t->sent += n;
	if (t->queue.len == 0) {
		done = send(fd, bytes, n, flags | MSG_NOSIGNAL);
		/* what the receive hook still has is worth reading first:
		 * it is the one that tells the end */
		if (done < 0)
			done = is_reset(errno) ? (ssize_t)n : 0;
	}
	if (buf_append(&t->queue, (const char *)bytes + done, n - (size_t)done))
		return -ENOBUFS;
	return (ssize_t)n;
}

static void
note_received(struct transport *t, size_t n)
{
	static const int on = 1;

	t->received += n;
	t->last_byte = clock_now();
	t->unanswered = 0;
	if (t->settled)
		return;
	(void)setsockopt(t->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

/* The library reads until there is nothing: of a peer that never lets that
 * happen, only so much, so that deadlines and ^C are looked at. */
static ssize_t
receive(struct transport *t, void *bytes, size_t n, int flags)
{
	ssize_t got;

	if (t->ended || t->received - t->waited >= TRANSPORT_TURN)
		return -EAGAIN;
	do
		got = recv(t->fd, bytes, n, flags);
	while (got < 0 && errno == EINTR);
	if (got > 0) {
		note_received(t, (size_t)got);
		return got;
	}
	if (got == 0)
		t->ended = -1;
	else if (errno != EAGAIN)
		t->ended = errno;
	return -EAGAIN;
}

/* A server may send other lines before its identification (RFC 4253, section
 * 4.2), and the library takes an empty one for the end.  Those are removed from
 * bytes: the identification's beginning may have come with the bytes before,
 * so that to has room for it and them.  Returns how many are left. */
static size_t
skip_lines(struct transport *t, const char *bytes, size_t n, char *to)
{
	static const char start[] = "SSH-";
	size_t i, kept = 0;

	for (i = 0; i < n && t->greeting < 4; i++) {
		/* no line has that: the library is to refuse it */
		if (bytes[i] == '\0') {
			to[0] = '\0';
			return 1;
		}
		if (bytes[i] == '\n')
			t->greeting = 0;
		else if (t->greeting >= 0 && bytes[i] == start[t->greeting])
			t->greeting++;
		else
			t->greeting = -1;
	}
	if (t->greeting == 4 && !t->greeted) {
		memcpy(to, start, 4);
		kept = 4;
		t->greeted = true;
	}
	if (t->greeted) {
		memcpy(to + kept, bytes + i, n - i);
		kept += n - i;
	}
	return kept;
}

/* Fills the small buffer from which single-byte reads are served. */
static ssize_t
receive_early(struct transport *t, int flags)
{
	char bytes[sizeof(t->early) - 4];
	ssize_t got;

	t->early_at = t->early_len = 0;
	do {
		got = receive(t, bytes, sizeof(bytes), flags);
		if (got > 0)
			t->early_len =
			    skip_lines(t, bytes, (size_t)got, t->early);
	} while (got > 0 && t->early_len == 0);
	if (got > 0)
		kexinit_feed(&t->server, t->early, t->early_len);
	return got;
}

/* The library reads the server's identification line byte by byte: such
 * reads are served from a small buffer. */
ssize_t
hook_receive(
    libssh2_socket_t fd, void *bytes, size_t n, int flags, void **abstract)
{
	struct transport *t = *abstract;
	size_t have = t->early_len - t->early_at;

	(void)fd;
	if (t->dead)
		return -ECONNRESET;
	if (have == 0 && n == 1) {
		ssize_t got = receive_early(t, flags);

		if (got <= 0)
			return got;
		have = t->early_len;
	}
	if (have == 0) {
		ssize_t got = receive(t, bytes, n, flags);

		if (got > 0 && !t->settled)
			kexinit_feed(&t->server, bytes, (size_t)got);
		return got;
	}
	if (n > have)
		n = have;
	memcpy(bytes, t->early + t->early_at, n);
	t->early_at += n;
	return (ssize_t)n;
}

/* OpenSSH tells what stood before our key in its list of keys, so:
 * `FILE:LINE: key options: command pty`. */
void /* NOLINTNEXTLINE(readability-function-size): the library's type */
hook_debug(LIBSSH2_SESSION *session, int always, const char *message, int n,
    const char *language, int language_n, void **abstract)
{
	struct transport *t = *abstract;
	char *text = mem_strndup(
	    message ? message : "", message && n > 0 ? (size_t)n : 0);
	const char *options = strstr(text, "key options: ");

	(void)session;
	(void)always;
	(void)language;
	(void)language_n;
	diag_verbose(2, "the server says: %s", text);
	if (options && strstr(options, " command"))
		t->forced = true;
	mem_free(text);
}

/* Its words are part of what goes wrong next. */
void /* NOLINTNEXTLINE(readability-function-size): the library's type */
hook_disconnect(LIBSSH2_SESSION *session, int reason, const char *message,
    int n, const char *language, int language_n, void **abstract)
{
	struct transport *t = *abstract;

	(void)session;
	(void)language;
	(void)language_n;
	buf_clear(&t->farewell);
	buf_puts(&t->farewell, transport_parting);
	if (message && n > 0)
		quote_printable(&t->farewell, message, (size_t)n);
	else
		buf_printf(&t->farewell, "reason %d", reason);
}
