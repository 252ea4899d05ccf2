/*
 * Signals as events that a loop reads: the number, and who sent it.  What a
 * child must find again (mask, dispositions) is kept.
 */
#ifndef SCOPE_SIGNALS_H
#define SCOPE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

enum { SIGNALS_MAX = 16 };

struct signals {
	int read_fd; /* readable when an event is there */
	int write_fd;
	sigset_t mask; /* as we found it */
	size_t n;
	struct {
		int number;
		struct sigaction old;
	} set[SIGNALS_MAX];
};

struct signals_event {
	int number;
	pid_t sender; /* 0: unknown */
	bool sent; /* by kill(2) or the like; not by kernel or terminal */
};

/* Catches SIGCHLD, SIGCONT and the signals that are passed on, where they are
 * not ignored, and ignores SIGPIPE.  One at a time in a process.  0, or -1
 * with errno. */
int signals_open(struct signals *s);

/* Puts everything back as it was found; for the child after fork, too. */
void signals_restore(const struct signals *s);
void signals_close(struct signals *s);

/* The next event, if there is one. */
bool signals_next(const struct signals *s, struct signals_event *event);

/* Blocks all signals in this thread, and so in threads that it starts; then
 * opens it for them again. */
void signals_block(void);
void signals_unblock(void);

#endif
