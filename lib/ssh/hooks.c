/*
 * The send, receive and memory hooks of a session.  The allocator keeps the
 * size of each block in front of it: when the library frees a packet, that
 * tells how far it may be looked at.  A packet freed with type 51 is a
 * USERAUTH_FAILURE, one with type 98 a
 * CHANNEL_REQUEST that was dealt with (RFC 4254, section 6.10 has exit-status
 * and exit-signal), one with type 91 a CHANNEL_OPEN_CONFIRMATION, whose first
 * number is our id of the channel, those with types 31 and 33 have a host key,
 * and those with types 94 and 95 are
 * CHANNEL_DATA and CHANNEL_EXTENDED_DATA that were read, or thrown away.
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
#include "base/quote.h"
#include "base/secret.h"
#include "ssh/blob.h"
#include "ssh/channel_internal.h"
#include "ssh/transport_internal.h"

enum {
	SSH_MSG_KEX_REPLY = 31, /* of most methods */
	SSH_MSG_KEX_GEX_REPLY = 33,
	SSH_MSG_USERAUTH_FAILURE = 51,
	SSH_MSG_CHANNEL_OPEN_CONFIRMATION = 91,
	SSH_MSG_CHANNEL_OPEN_FAILURE = 92,
	SSH_MSG_CHANNEL_DATA = 94,
	SSH_MSG_CHANNEL_EXTENDED_DATA = 95,
	SSH_MSG_CHANNEL_REQUEST = 98,
};

const char transport_parting[] = "the server ended the connection: ";

struct block {
	size_t n;
	max_align_t bytes[];
};

static struct block *
block_of(void *p)
{
	return (struct block *)((char *)p - offsetof(struct block, bytes));
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

/* Bytes of output that the library has for us. */
static size_t
unread(const struct transport *t)
{
	const struct channel *c;
	unsigned long n;
	size_t sum = 0;

	for (c = t->channels; c; c = c->next) {
		n = 0;
		if (c->raw)
			(void)libssh2_channel_window_read_ex(c->raw, &n, NULL);
		sum += n;
	}
	return sum;
}

/* The library keeps each message that nobody awaits; all it may have is what
 * has come on its channels, in the smallest of packets, and some more. */
static bool
has_room(struct transport *t, size_t n)
{
	if (t->memory + n <= TRANSPORT_MEMORY ||
	    t->memory + n <= TRANSPORT_MEMORY +
		    (t->windows + unread(t)) * TRANSPORT_SMALLEST)
		return true;
	t->breach = "the server sends more than anybody asked for";
	return false;
}

void *
hook_alloc(size_t n, void **abstract)
{
	struct transport *t = *abstract;
	struct key_swap *swap = &t->swap;
	struct block *b = has_room(t, n) ? malloc(sizeof(*b) + n) : NULL;

	if (!b)
		return NULL;
	b->n = n;
	t->memory += n;
	/* first the method's name is copied, then the packet made */
	if (swap->buffer && ++swap->allocations == 2) {
		memcpy(swap->buffer, swap->blob, swap->n);
		swap->buffer = NULL;
	}
	/* cppcheck-suppress memleak ; the library holds what is inside */
	return b->bytes;
}

void *
hook_realloc(void *old, size_t n, void **abstract)
{
	struct transport *t = *abstract;
	struct block *b;
	size_t before;

	if (!old)
		return hook_alloc(n, abstract);
	before = block_of(old)->n;
	if (!has_room(t, n))
		return NULL;
	b = realloc(block_of(old), sizeof(*b) + n);
	if (!b)
		return NULL;
	t->memory += n - before;
	b->n = n;
	/* cppcheck-suppress memleak ; the library holds what is inside */
	return b->bytes;
}

/* The channel that the packet's first number names, or NULL. */
static struct channel *
channel_of(const struct transport *t, struct blob *packet)
{
	struct channel *c;
	uint32_t id;

	if (blob_get_u32(packet, &id))
		return NULL;
	for (c = t->channels; c && c->id != id; c = c->next)
		continue;
	return c;
}

/* uint32 status; only eight bits of it would leave this program. */
static void
see_status(struct channel *c, struct blob rest)
{
	uint32_t status;

	if (blob_get_u32(&rest, &status))
		return;
	c->ended = CHANNEL_EXITED;
	c->status = status < 255 ? (int)status : 255;
}

/* string name without SIG; a longer one than any is cut. */
static void
see_signal(struct channel *c, struct blob rest)
{
	struct blob name;
	size_t n;

	if (blob_get_text(&rest, &name) || name.n == 0)
		return;
	n = name.n < sizeof(c->signal_name) ? name.n
					    : sizeof(c->signal_name) - 1;
	c->ended = CHANNEL_SIGNALLED;
	memcpy(c->signal_name, name.p, n);
	c->signal_name[n] = '\0';
}

static void
see_request(struct transport *t, struct blob packet)
{
	struct channel *c = channel_of(t, &packet);
	struct blob name;
	uint8_t reply;

	if (!c || c->ended || blob_get_string(&packet, &name) ||
	    blob_get_u8(&packet, &reply))
		return;
	if (blob_is(&name, "exit-status"))
		see_status(c, packet);
	else if (blob_is(&name, "exit-signal"))
		see_signal(c, packet);
}

/* Of what is freed unread, the part that was not taken yet is kept while the
 * channel is salvaged.  The library may have held less than was sent. */
static void
see_data(struct transport *t, uint8_t type, struct blob packet)
{
	struct channel *c = channel_of(t, &packet);
	uint32_t stream = CHANNEL_STDOUT;
	struct blob data;
	uint64_t read;

	if (!c ||
	    (type == SSH_MSG_CHANNEL_EXTENDED_DATA &&
		blob_get_u32(&packet, &stream)) ||
	    stream > CHANNEL_STDERR || blob_get_string(&packet, &data))
		return;
	if (c->salvaging) {
		read = c->taken[stream] - c->done[stream];
		if (read < data.n)
			(void)buf_append(&c->salvaged[stream],
			    (const char *)data.p + read, data.n - read);
		c->taken[stream] = c->done[stream] + data.n;
	}
	c->done[stream] += data.n;
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
	    partial > 1)
		return;
	/* what we have comes early in any list */
	if (names.n >= sizeof(auth->methods))
		names.n = sizeof(auth->methods) - 1;
	for (i = 0; i < names.n; i++) {
		if (names.p[i] <= ' ' || names.p[i] >= 0x7f)
			return;
	}
	memcpy(auth->methods, names.p, names.n);
	auth->methods[names.n] = '\0';
	auth->partial = partial;
	auth->seen = auth->answered = true;
}

/* An answer in a key exchange was dealt with: the library looks at the host key
 * in it, and for all that it knows, each may have another. */
static void
see_host_key(struct transport *t)
{
	size_t n = 0;
	int type;
	const char *key = libssh2_session_hostkey(t->session, &n, &type);

	if (!key || t->dead)
		return;
	if (!t->host_key.len) {
		(void)buf_append(&t->host_key, key, n);
	} else if (t->host_key.len != n || memcmp(t->host_key.data, key, n)) {
		t->breach = "host key: has changed during the connection";
		t->dead = true;
	}
}

static void
see_packet(struct transport *t, uint8_t type, struct blob packet)
{
	uint32_t id;

	if (type == SSH_MSG_CHANNEL_DATA ||
	    type == SSH_MSG_CHANNEL_EXTENDED_DATA)
		see_data(t, type, packet);
	else if (type == SSH_MSG_CHANNEL_REQUEST)
		see_request(t, packet);
	else if (type == SSH_MSG_KEX_REPLY || type == SSH_MSG_KEX_GEX_REPLY)
		see_host_key(t);
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
	b = block_of(p);
	packet = (struct blob){.p = p, .n = b->n};
	if (!blob_get_u8(&packet, &type))
		see_packet(t, type, packet);
	t->memory -= b->n;
	/* a password may have been in it */
	if (!t->settled)
		secret_wipe(b->bytes, b->n);
	free(b);
}
