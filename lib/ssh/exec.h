/*
 * One command on a connection: its input in, its two streams out, its status,
 * and what ends it early.
 */
#ifndef SSH_EXEC_H
#define SSH_EXEC_H

#include "ssh/channel.h"
#include "ssh/connection.h"
#include "ssh/password.h"
#include "ssh/sudo.h"

/* Where output goes and input comes from; implemented by lib/fleet. */
struct exec_io {
	void *arg;
	/* How many bytes of a stream can be taken now.  When it is 0, the
	 * thread's wake-up is notified as soon as there is room. */
	size_t (*room)(void *arg, enum channel_stream stream);
	/* Takes n bytes, never more than there is room for. */
	void (*output)(
	    void *arg, enum channel_stream stream, const char *bytes, size_t n);
	/* NULL: no input.  Else up to n bytes of it: a number, 0 at its end,
	 * -1 for nothing now; then input_fd is polled, or if that is -1 the
	 * thread's wake-up is notified. */
	ssize_t (*input)(void *arg, char *bytes, size_t n);
	int input_fd;
	/* Waits are no longer than this, ms; 0: a second. */
	int64_t tick;
};

struct exec_size {
	int columns, rows;
};

/* A terminal for the command (RFC 4254, section 6.2): then its error output
 * comes with the other. */
struct exec_terminal {
	const char *name; /* TERM */
	const uint8_t *modes; /* encoded, see terminal modes of section 8 */
	size_t n_modes;
	void *arg;
	/* The size now; true if it differs from what was told last.  The
	 * thread's wake-up is notified when it changes.  NULL: 80 x 24. */
	bool (*size)(void *arg, struct exec_size *size);
	bool types_end; /* the end of input is typed, as ^D */
};

struct exec {
	const char *scratch; /* directory on the host to remove, or NULL */
	const char *command; /* the line for the login shell, */
	const char *subsystem; /* or NULL, and the name of a subsystem */
	uint32_t window; /* for its output, bytes; 0: the connection's */
	/* what the line reads of its input before anything else does; n bytes
	 * that are not counted among those of io */
	const char *preamble;
	size_t n_preamble;
	const struct exec_io *io;
	struct sudo *sudo; /* its dialogue comes first, or NULL */
	struct password *password; /* for sudo; NULL: none */
	const struct exec_terminal *terminal; /* or NULL */
	int64_t time_limit; /* of the command, ms; 0: none */
	/* another will follow on this connection: the channel is closed at
	 * the end */
	bool ours;
	bool stubborn; /* being asked to stop does not stop it */
	bool polite; /* once started: its caller looks, and stops it */
	bool spare; /* beside others: it is done without at once where the
		     * server allows no further session */
};

struct exec_result {
	enum channel_end end; /* CHANNEL_EXITED or CHANNEL_SIGNALLED */
	int status;
	char signal_name[32]; /* without SIG */
	bool left; /* it was stopped, but something may still run; also with
		    * a fault */
};

/* Runs it to its end.  0 with the result, or -1 with a fault: LOST when the
 * connection ended before a status came, SUDO, TIMEOUT, CANCELLED, … */
int exec_run(struct connection *c, const struct exec *e,
    struct exec_result *result, struct fault *f);

/* The same in steps, for those who do something else in between.  exec_begin
 * starts it: 0, or -1 with a fault.  exec_turn moves what can be moved, or
 * waits for something to do: 1 when the command has ended, 0 to go on, -1 with
 * a fault.  exec_end is to be called with what the last of these returned, and
 * does not wait; a command that has not ended is left to the end of the
 * connection. */
struct running;
int exec_begin(struct connection *c, const struct exec *e,
    struct running **running, struct fault *f);
int exec_turn(struct running *r, struct fault *f);

/* A turn in two, for several commands on one connection: each moves, *moved is
 * set where something was, and one waits for all when nothing was. */
int exec_move(struct running *r, bool *moved, struct fault *f);
int exec_wait(struct running *r, struct fault *f);

/* How long an answer of the host takes, at least, in milliseconds. */
int64_t exec_round_trip(const struct running *r);
int exec_end(
    struct running *r, int ret, struct exec_result *result, struct fault *f);

/* Removes a directory on the host, although we may have been asked to stop.
 * What goes wrong is shown with -v. */
void exec_remove(struct connection *c, const char *directory);

/* Runs a short command of our own with the given input, keeps up to the
 * buffer's maximum of its output, and returns its exit status, or -1 with a
 * fault.  Error output is shown with -v. */
int exec_quiet(struct connection *c, const char *command,
    const struct exec_io *input, struct buf *output, const char *what,
    struct fault *f);

#endif
