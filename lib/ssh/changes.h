/*
 * Waiting for what another thread does, and being told to give up
 * meanwhile, which a condition variable does not allow.
 */
#ifndef SSH_CHANGES_H
#define SSH_CHANGES_H

#include <pthread.h>

#include "base/fault.h"
#include "ssh/wait.h"

struct waiter;

/* All zero at first; guarded by a lock of its owner's. */
struct changes {
	struct waiter *first;
};

/* With the lock held, which is given up meanwhile: waits until told or
 * woken for something else; the caller looks again.  0, or -1 with
 * FAULT_CANCELLED. */
int changes_await(struct changes *all, pthread_mutex_t *lock,
    const struct wait *w, struct fault *f);

/* With the lock held: all of them look. */
void changes_tell(const struct changes *all);

#endif
