/*
 * Channels of a session (RFC 4254, section 5): a command's, or one end of a
 * forwarded connection.
 */
#ifndef SSH_CHANNEL_H
#define SSH_CHANNEL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "ssh/transport.h"

/* How a command ended, as the server told. */
enum channel_end {
	CHANNEL_UNKNOWN, /* it did not tell (yet) */
	CHANNEL_EXITED, /* with a status */
	CHANNEL_SIGNALLED, /* by a signal */
};

enum channel_stream {
	CHANNEL_STDOUT = 0,
	CHANNEL_STDERR = 1 /* SSH_EXTENDED_DATA_STDERR */
};

/* Results of channel_read and channel_write besides a number of bytes. */
enum {
	CHANNEL_EOF = 0,
	CHANNEL_AGAIN = -1, /* nothing now: wait, and try again */
	CHANNEL_BROKEN = -2 /* the connection or the channel is gone */
};

/* A channel for a command, with a receive window of at most so many bytes.
 * NULL with FAULT_CONNECT. */
struct channel *channel_open_session(struct transport *t, uint32_t window,
    const struct deadline *d, struct fault *f);

/* How many bytes are to be under way to us: what we can take in a round trip,
 * as long as the answer to its start has taken. */
uint32_t channel_window(const struct channel *c);

/* How long an answer takes, at least, in milliseconds. */
int64_t channel_round_trip(const struct channel *c);

/* A channel whose other end is a TCP connection that the server opens to
 * host:port ("direct-tcpip").  NULL with a fault; *refused is set when it was
 * the server that said no (nothing listens there, or it may not). */
struct channel *channel_open_direct(struct transport *t, const char *host,
    int port, bool *refused, const struct deadline *d, struct fault *f);

/* A direct channel that is opened beside other work on the session, at most
 * one at a time.  host is borrowed until it is over. */
struct channel_opening {
	struct transport *t;
	const char *host;
	int port;
	uint32_t window; /* to receive with, bytes at most */
	/* the rest is channel.c's */
	int64_t began;
	bool over;
	struct channel *channel;
	struct fault fault;
	struct buf message;
};

/* Begins; t, host, port and window are set, all else is zero. */
void channel_opening_start(struct channel_opening *o);

/* Goes on with it: true when it is over. */
bool channel_opening_step(struct channel_opening *o);

/* When it is over: the channel, or NULL with FAULT_CONNECT.  Once. */
struct channel *channel_opening_end(struct channel_opening *o, struct fault *f);

/* A channel that the library accepted; raw is taken. */
struct channel *channel_adopt(struct transport *t, LIBSSH2_CHANNEL *raw);

/* Asks for our agent to be had by what runs on the channel.  0, or -1 with
 * FAULT_CONNECT. */
int channel_request_agent(
    struct channel *c, const struct deadline *d, struct fault *f);

/* Asks for a terminal of that name (TERM), with encoded modes, for the command
 * that is started next.  0 or -1 with FAULT_CONNECT. */
struct channel_terminal {
	const char *name;
	const uint8_t *modes;
	size_t n_modes;
	int columns, rows;
};

int channel_request_terminal(struct channel *c,
    const struct channel_terminal *terminal, const struct deadline *d,
    struct fault *f);

/* Tells the terminal's new size. */
void channel_resize(struct channel *c, int columns, int rows);

/* Starts the command line on the channel.  0 or -1 with FAULT_CONNECT. */
int channel_exec(struct channel *c, const char *command,
    const struct deadline *d, struct fault *f);

/* Starts a subsystem ("sftp") in place of a command. */
int channel_subsystem(struct channel *c, const char *name,
    const struct deadline *d, struct fault *f);

/* Reads up to n bytes of a stream: a number, CHANNEL_EOF when the peer sent
 * its end of file and everything was read, or CHANNEL_AGAIN or _BROKEN. */
ssize_t channel_read(
    struct channel *c, enum channel_stream stream, void *bytes, size_t n);

/* Takes in what has come for the session, and leaves it to be read later: what
 * the server asks on its own (keep-alives, new keys) is answered, also while
 * something else is waited for. */
void channel_take_in(struct channel *c);

/* Offers n bytes: the number taken, CHANNEL_AGAIN when the peer's window or
 * our queue is full, or CHANNEL_BROKEN. */
ssize_t channel_write(struct channel *c, const void *bytes, size_t n);

/* Tells the peer that nothing more will be written.  0, CHANNEL_AGAIN or
 * CHANNEL_BROKEN. */
int channel_send_eof(struct channel *c);

/* Asks for a signal to the command, without an answer.  -1 where the library
 * cannot. */
int channel_signal(struct channel *c, const char *name);

/* Whether the peer may send: our window is open. */
bool channel_window_open(struct channel *c);

/* Whether the peer has closed the channel: after that nothing comes. */
bool channel_closed_by_peer(struct channel *c);

/* How the command ended, with its exit status, or its signal's name without
 * SIG (borrowed until the channel is freed; never NULL). */
enum channel_end channel_end(
    struct channel *c, int *status, const char **signal_name);

/* Closes and frees.  0; or CHANNEL_AGAIN while the peer has not answered:
 * then c is still there. */
int channel_free(struct channel *c);

/* Frees without a word to the peer; for a transport that is about to be
 * freed.  NULL is allowed. */
void channel_abandon(struct channel *c);

#endif
