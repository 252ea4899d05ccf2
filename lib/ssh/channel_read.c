/*
 * Reading from a channel, so that no byte is lost that came, and none is missed
 * in silence.
 */
#include <string.h>

#include "ssh/channel_internal.h"

/* Once the library has failed, it gives out nothing of what it had received
 * before: but it frees that together with the channel, and is seen to. */
static void
salvage(struct channel *c)
{
	c->salvaging = true;
	buf_init(&c->salvaged[CHANNEL_STDOUT], CHANNEL_SALVAGED_MAX);
	buf_init(&c->salvaged[CHANNEL_STDERR], CHANNEL_SALVAGED_MAX);
	transport_mute(c->t);
	(void)libssh2_channel_free(c->raw);
	c->raw = NULL;
}

static ssize_t
read_salvaged(
    struct channel *c, enum channel_stream stream, void *bytes, size_t n)
{
	struct buf *from = &c->salvaged[stream];

	if (from->len == 0)
		return c->salvaged[!stream].len ? CHANNEL_EOF : CHANNEL_BROKEN;
	if (n > from->len)
		n = from->len;
	memcpy(bytes, from->data, n);
	buf_consume(from, n);
	return (ssize_t)n;
}

/* The library throws away what is beyond a window or the size of a packet. */
static ssize_t
end_of_stream(struct channel *c, enum channel_stream stream)
{
	if (c->done[stream] <= c->taken[stream])
		return CHANNEL_EOF;
	transport_blame(c->t,
	    "the server sent more at once than it may, and some was dropped");
	return CHANNEL_BROKEN;
}

/* The window is opened further than it was at first where the way is long.
 * Not always: sshd reads from the command as much as we would take, and grows
 * a buffer for it in small steps, which costs the more the larger it is. */
static void
widen(struct channel *c)
{
	uint32_t wanted;
	unsigned long open;

	if (c->window <= CHANNEL_WINDOW)
		return;
	wanted = channel_window(c);
	open = libssh2_channel_window_read_ex(c->raw, NULL, NULL);
	if (open < wanted / 4 * 3)
		(void)libssh2_channel_receive_window_adjust2(
		    c->raw, wanted - open, 1, NULL);
}

/* Of either stream: what has come is worth its reader, however late. */
static bool
has_unread(const struct channel *c)
{
	unsigned long n = 0;

	(void)libssh2_channel_window_read_ex(c->raw, &n, NULL);
	return n > 0;
}

ssize_t
channel_read(
    struct channel *c, enum channel_stream stream, void *bytes, size_t n)
{
	ssize_t got;

	if (c->salvaging)
		return read_salvaged(c, stream, bytes, n);
	widen(c);
	got = libssh2_channel_read_ex(c->raw, (int)stream, bytes, n);
	if (got > 0) {
		c->taken[stream] += (size_t)got;
		return got;
	}
	if (got < 0 && !transport_again((int)got)) {
		salvage(c);
		return read_salvaged(c, stream, bytes, n);
	}
	if (libssh2_channel_eof(c->raw))
		return end_of_stream(c, stream);
	return transport_ended(c->t) && !has_unread(c) ? CHANNEL_BROKEN
						       : CHANNEL_AGAIN;
}
