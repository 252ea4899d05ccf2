/*
 * Standard input for many hosts: each gets all of it, also one that starts
 * late.  A regular file is read by each host at its own pace; anything else
 * is read once, by a thread, into an unlinked file.  When no more hosts will
 * come, what all have read is given back; then a host that does not read holds
 * back the others only when the file has grown to its bound.
 */
#ifndef FLEET_INPUT_H
#define FLEET_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/fault.h"
#include "base/wake.h"

struct input;

/* One host's place in it; at and what follows are the input's. */
struct input_reader {
	struct wake *wake; /* notified when more has come */
	const char *label; /* the host's, for a warning */
	off_t at;
	bool waiting;
	struct input_reader *next;
};

/* For so many hosts; with again, each may read it several times.  NULL with
 * FAULT_SYSTEM. */
struct input *input_open(size_t hosts, bool again, struct fault *f);

/* The host of this reader begins; and has ended: its wake is not used any
 * more. */
void input_join(struct input *in, struct input_reader *r);
void input_leave(struct input *in, struct input_reader *r);

/* It reads from the beginning again. */
void input_rewind(struct input *in, struct input_reader *r);

/* Reads up to n bytes: a number, 0 at the end, -1 when nothing more has come
 * yet: then the reader's wake is notified. */
ssize_t input_read(
    struct input *in, struct input_reader *r, char *bytes, size_t n);

/* errno, if the input could not be read or kept to its end: then hosts got
 * less than all of it. */
int input_error(struct input *in);

/* When all readers have left.  NULL is allowed. */
void input_close(struct input *in);

#endif
