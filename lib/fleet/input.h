/*
 * Standard input for many hosts: each gets all of it, also one that starts
 * late.  A regular file is read by each host at its own pace; anything else
 * is read once, by a thread, into an unlinked file.
 */
#ifndef FLEET_INPUT_H
#define FLEET_INPUT_H

#include <stddef.h>
#include <sys/types.h>

#include "base/fault.h"
#include "base/wake.h"

struct input;

/* One host's place in it; all else zero at the start. */
struct input_reader {
	struct wake *wake; /* notified when more has come */
	off_t at;
	struct input_reader *next; /* among those who wait */
};

/* NULL with FAULT_SYSTEM. */
struct input *input_open(struct fault *f);

/* Reads up to n bytes: a number, 0 at the end, -1 when nothing more has come
 * yet: then the reader's wake is notified. */
ssize_t input_read(
    struct input *in, struct input_reader *r, char *bytes, size_t n);

/* The reader is about to go: its wake is not used any more. */
void input_leave(struct input *in, struct input_reader *r);

/* errno, if the input could not be read or kept to its end: then hosts got
 * less than all of it. */
int input_error(struct input *in);

/* When all readers have left.  NULL is allowed. */
void input_close(struct input *in);

#endif
