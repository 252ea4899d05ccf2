/*
 * A command that runs, as the parts of exec see it: exec.c has the loop,
 * exec_sudo.c the use of sudo's dialogue, exec_stop.c what ends it early.
 */
#ifndef SSH_EXEC_INTERNAL_H
#define SSH_EXEC_INTERNAL_H

#include "ssh/exec.h"

enum {
	EXEC_CHUNK = 32 * 1024,
	EXEC_HELD_MAX = 64 * 1024,
	EXEC_KEY_EOF = 4, /* ends what is typed at a terminal */
	EXEC_CHILDREN_MS = 1000, /* for children of a stopped command */
	EXEC_SUDO_CHILDREN_MS = 8000, /* the same behind sudo */
};

/* What is known of output that is held open behind a command's end. */
struct linger {
	int probes; /* keep-alives sent, 2 at most */
	int64_t at; /* when the last */
	uint64_t output, received; /* bytes until then */
};

struct running {
	struct connection *c;
	const struct exec *e;
	struct channel *channel;
	bool eof[2]; /* a stream was read to its end */
	bool broken; /* the channel or connection is gone */
	bool line_begun; /* the last byte of input was no newline */
	bool input_ended; /* our side is closed, or about to be */
	bool input_blocked; /* there is input, and no window for it */
	bool input_waits; /* there is no input now */
	size_t preamble_at; /* bytes of it that went */
	size_t in_at, in_len;
	char *in; /* EXEC_CHUNK bytes of input under way */
	struct buf held; /* standard output before sudo's mark */
	bool awaits_verdict; /* a password went out */
	int64_t started; /* when the command began, or the dialogue */
	int stops; /* 1: TERM was sent, 2: KILL */
	bool helpless; /* there is no way to signal it */
	bool asked; /* by the protocol's own request alone, so far */
	int64_t stopped; /* when */
	bool timed_out;
	struct linger linger;
	uint64_t output; /* bytes that have come */
	bool left; /* it was stopped, but something holds its streams */
};

/* EXEC_CHUNK bytes for output on its way from the connection, to be given back
 * at once: there are as many as threads that pass output on at a time. */
char *exec_chunk_take(void);
void exec_chunk_give(char *chunk);

/* Bytes of the command, to whom they belong; n may be 0. */
void exec_output(
    struct running *r, enum channel_stream stream, const char *bytes, size_t n);

/* Sends what there is of its input, and there is room for; whether it moved. */
bool exec_pump_input(struct running *r);

/* Whether sudo's mark has not come yet. */
bool exec_sudo_pending(const struct running *r);

/* The mark has come, with n bytes of the command behind it on its stream. */
void exec_sudo_begun(
    struct running *r, enum channel_stream stream, const char *rest, size_t n);

/* Answers a prompt, or gives up.  -1 with a fault. */
int exec_sudo_pump(struct running *r, struct fault *f);

/* Tells the password's source how it went, once. */
void exec_sudo_verdict(struct running *r, enum password_verdict verdict);

/* sudo has neither asked nor started the command for so many seconds: -1 with
 * FAULT_SUDO that has its last words. */
int exec_sudo_silent(struct running *r, int seconds, struct fault *f);

/* sudo has ended without starting the command: -1 with FAULT_SUDO. */
int exec_sudo_fault(struct running *r, struct fault *f);

/* Asks for its terminal, if it is to have one.  -1 with a fault. */
int exec_terminal_request(
    struct running *r, const struct deadline *d, struct fault *f);

/* Tells a size that has changed. */
void exec_terminal_pump(struct running *r);

/* Whether the output of a command that has ended is to be given up; to be
 * called when nothing could be moved. */
bool exec_linger(struct running *r, bool ended);

/* Sends the command a signal when it is to stop.  -1 with FAULT_CANCELLED
 * when it does not. */
int exec_check_stop(struct running *r, struct fault *f);

/* Keep-alives, and -1 when nothing answers them. */
int exec_check_alive(struct running *r, struct fault *f);

/* Why a command that was stopped has ended: -1 with a fault. */
int exec_stop_fault(struct running *r, struct fault *f);

#endif
