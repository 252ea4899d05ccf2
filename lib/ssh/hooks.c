/*
 * The send, receive and memory hooks of a session.  The allocator keeps the
 * size of each block in front of it: when the library frees a packet, that
 * tells how far it may be looked at.  A packet freed with type 51 is a
 * USERAUTH_FAILURE, one with type 98 a
 * CHANNEL_REQUEST that was dealt with (RFC 4254, section 6.10 has exit-status
 * and exit-signal), one with type 91 a CHANNEL_OPEN_CONFIRMATION, whose first
 * number is our id of the channel.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/secret.h"
#include "ssh/blob.h"
#include "ssh/channel_internal.h"
#include "ssh/transport_internal.h"

enum {
	SSH_MSG_USERAUTH_FAILURE = 51,
	SSH_MSG_CHANNEL_OPEN_CONFIRMATION = 91,
	SSH_MSG_CHANNEL_OPEN_FAILURE = 92,
	SSH_MSG_CHANNEL_REQUEST = 98,
};

struct block {
	size_t n;
	max_align_t bytes[];
};

static struct block *
block_of(const void *p)
{
	return (struct block *)((uintptr_t)p - offsetof(struct block, bytes));
}

size_t
hook_size(const void *p)
{
	return block_of(p)->n;
}

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
note_received(struct transport *t, const void *bytes, size_t n)
{
	static const int on = 1;

	t->received += n;
	t->last_byte = clock_now();
	t->unanswered = 0;
	if (t->settled)
		return;
	kexinit_feed(&t->server, bytes, n);
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
		note_received(t, bytes, (size_t)got);
		return got;
	}
	if (got == 0)
		t->ended = -1;
	else if (errno != EAGAIN)
		t->ended = errno;
	return -EAGAIN;
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
		ssize_t got = receive(t, t->early, sizeof(t->early), flags);

		if (got <= 0)
			return got;
		t->early_at = 0;
		t->early_len = have = (size_t)got;
	}
	if (have == 0)
		return receive(t, bytes, n, flags);
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
	char *text = mem_strndup(message, n > 0 ? (size_t)n : 0);
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

void *
hook_alloc(size_t n, void **abstract)
{
	struct block *b = malloc(sizeof(*b) + n);

	if (!b)
		return NULL;
	b->n = n;
	sign_allocated(*abstract, (uint8_t *)b->bytes);
	/* cppcheck-suppress memleak ; the library holds what is inside */
	return b->bytes;
}

void *
hook_realloc(void *old, size_t n, void **abstract)
{
	struct transport *t = *abstract;
	bool is_packet = old == t->swap.packet;
	struct block *b;

	if (!old)
		return hook_alloc(n, abstract);
	b = realloc(block_of(old), sizeof(*b) + n);
	if (!b)
		return NULL;
	b->n = n;
	if (is_packet)
		t->swap.packet = (uint8_t *)b->bytes;
	/* cppcheck-suppress memleak ; the library holds what is inside */
	return b->bytes;
}

static void
see_request(struct transport *t, struct blob packet)
{
	struct channel *c;
	struct blob name;
	uint32_t id;

	if (blob_get_u32(&packet, &id) || blob_get_string(&packet, &name))
		return;
	for (c = t->channels; c && c->id != id; c = c->next)
		continue;
	if (!c)
		return;
	if (blob_is(&name, "exit-status"))
		c->ended = CHANNEL_EXITED;
	else if (blob_is(&name, "exit-signal"))
		c->ended = CHANNEL_SIGNALLED;
}

/* string methods, boolean partial.  Other memory that happens to begin with
 * the type's byte does not look like a list of names. */
static void
see_refusal(struct transport *t, struct blob packet)
{
	struct transport_auth *auth = &t->auth;
	struct blob names;
	uint8_t partial;
	size_t i;

	if (blob_get_text(&packet, &names) || blob_get_u8(&packet, &partial) ||
	    partial > 1 || names.n >= sizeof(auth->methods))
		return;
	for (i = 0; i < names.n; i++) {
		if (names.p[i] <= ' ' || names.p[i] >= 0x7f)
			return;
	}
	memcpy(auth->methods, names.p, names.n);
	auth->methods[names.n] = '\0';
	auth->partial = partial;
	auth->seen = auth->answered = true;
}

static void
see_packet(struct transport *t, uint8_t type, struct blob packet)
{
	uint32_t id;

	if (type == SSH_MSG_CHANNEL_REQUEST)
		see_request(t, packet);
	else if (type == SSH_MSG_USERAUTH_FAILURE && !t->settled)
		see_refusal(t, packet);
	else if (type == SSH_MSG_CHANNEL_OPEN_CONFIRMATION)
		(void)blob_get_u32(&packet, &t->opened_id);
	else if (type == SSH_MSG_CHANNEL_OPEN_FAILURE &&
	    !blob_get_u32(&packet, &id))
		(void)blob_get_u32(&packet, &t->open_failure);
}

void
hook_free(void *p, void **abstract)
{
	struct transport *t = *abstract;
	struct blob packet;
	struct block *b;
	uint8_t type;

	if (!p)
		return;
	sign_freed(t, p);
	b = block_of(p);
	packet = (struct blob){.p = p, .n = b->n};
	if (!blob_get_u8(&packet, &type))
		see_packet(t, type, packet);
	/* a password may have been in it */
	if (!t->settled)
		secret_wipe(b->bytes, b->n);
	free(b);
}
