/*
 * A command that runs while something is held.
 *
 * The command is forked first, and held: it waits on a socket until it is
 * released, and ends when we do.  Meanwhile the caller makes ready what it
 * holds, starts threads, puts itself into a sandbox.  Then it releases the
 * command and waits for it.  Signals that somebody sends to us are passed on
 * to the command; those of the terminal reach it anyway.  The process group,
 * the terminal and the standard streams are left alone, so that job control
 * works as if we were not there.
 */
#ifndef SCOPE_SUPERVISE_H
#define SCOPE_SUPERVISE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/fault.h"

struct supervise;

struct supervise_settings {
	char *const *argv; /* the command, or an empty list: none */
	char *const *env; /* "NAME=VALUE" for it, ends with NULL */
	const char *const *unset; /* names that it shall not see, or NULL */
	const int *held; /* descriptors that it closes first */
	size_t held_count;
};

enum supervise_kind {
	SUPERVISE_EXITED, /* value: the exit status */
	SUPERVISE_SIGNALLED, /* value: the signal; of us, without a command */
	SUPERVISE_NOT_STARTED /* value: errno of exec */
};

struct supervise_end {
	enum supervise_kind kind;
	int value;
};

/* Opens /dev/null where a standard stream is closed; the command will find
 * it closed again.  The first thing that a program does. */
void supervise_open_standard(void);

/* Forks the command and holds it.  Everything in the settings is borrowed for
 * the time of the call.  Before any thread exists.  NULL with a fault. */
struct supervise *supervise_hold(
    const struct supervise_settings *set, struct fault *f);

/* Lets go of what is the command's alone: standard input and output, and all
 * descriptors but the n that are ours.  Called when the command is held. */
void supervise_let_go(const struct supervise *s, const int *ours, size_t n);

/* The command's process, or 0 without one. */
pid_t supervise_pid(const struct supervise *s);

/* Lets the command go and waits for its end, or, without one, for a signal
 * that ends us. */
struct supervise_end supervise_run(struct supervise *s);

/* Waits, after the command's end, until fd is readable, a signal that would
 * end us comes, or milliseconds have passed. */
void supervise_linger(struct supervise *s, int fd, int milliseconds);

/* Ends a command that is still held, and frees. */
void supervise_free(struct supervise *s);

#endif
