/*
 * The one place where the SSH side waits.  Every wait has a deadline with a
 * name, and can be told to look around or to give up.
 */
#ifndef SSH_WAIT_H
#define SSH_WAIT_H

#include <poll.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/wake.h"

/* How urgently we were asked to stop; shared by all threads of a run. */
enum cancel_level {
	CANCEL_NONE,
	CANCEL_GENTLE, /* start nothing more; running commands get a signal */
	CANCEL_HARD, /* close connections now */
};

struct cancel {
	atomic_int level;
	atomic_int signal; /* the signal that asked for it */
};

enum { WAIT_MEANWHILE_MS = 500 };

/* What a thread waits with.  It belongs to that thread. */
struct wait {
	const struct cancel *cancel; /* borrowed */
	struct wake *wake; /* borrowed; notified when to look around */
	enum cancel_level patience; /* levels up to this do not end a wait */
	/* Called when a wait begins, and every WAIT_MEANWHILE_MS while it
	 * lasts, with what must go on meanwhile; or NULL. */
	void (*meanwhile)(void *arg);
	void *arg; /* borrowed */
};

/* Waits until one of n descriptors is ready, the wake-up is notified (it is
 * drained), or the deadline passes.  0 when the caller should look at its
 * descriptors (revents are set) and its surroundings; -1 with FAULT_CANCELLED
 * or, when the deadline passed, a FAULT_CONNECT that names it: also where
 * something is ready, if it had passed before.  A deadline without a name is a
 * clock's tick: when it passes, the result is 0. */
int wait_poll(const struct wait *w, struct pollfd *fds, nfds_t n,
    const struct deadline *d, struct fault *f);

/* -1 with FAULT_CANCELLED if we were asked to stop beyond our patience. */
int wait_cancelled(const struct wait *w, struct fault *f);

#endif
