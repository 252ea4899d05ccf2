/*
 * A descriptor that the writer's thread owns for the time of a run.
 * Descriptors 1 and 2 are shared with others (the shell, the terminal), so
 * their flags are left alone: a pipe or a terminal is opened once more through
 * /proc for a non-blocking description of our own, a socket is written with
 * MSG_DONTWAIT, and everything else gets no more at a time than a pipe takes
 * without blocking.
 */
#ifndef FLEET_OUTLET_H
#define FLEET_OUTLET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum {
	OUTLET_STEP = 256 * 1024 /* bytes a write, at most */
};

enum outlet_kind { OUTLET_BLOCKING, OUTLET_NONBLOCKING, OUTLET_SOCKET };

struct outlet {
	int fd;
	enum outlet_kind kind;
	bool terminal;
	bool ready; /* a write never waits, so anybody may */
	size_t step; /* bytes a write */
	struct buf writing; /* what is under way */
	size_t at; /* how much of it was written */
	bool mid_line; /* what was written so far ends within a line */
	int error; /* errno: from then on, nothing is */
};

void outlet_open(struct outlet *o, int fd, size_t max);
void outlet_close(struct outlet *o);

/* Whether all was written. */
bool outlet_empty(const struct outlet *o);

/* Whether what is under way can be interrupted: a line of it has ended, or it
 * has not begun. */
bool outlet_at_line(const struct outlet *o);

/* Writes n bytes where that never waits, while nothing is under way, and stands
 * in no line of a terminal.  How many went; a failure is left to outlet_write. */
size_t outlet_write_now(const struct outlet *o, const char *bytes, size_t n);

/* Writes what can be written at once.  -1 when this failed for good, now. */
int outlet_write(struct outlet *o);

#endif
