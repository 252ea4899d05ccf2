/*
 * Wake-ups of those who wait for one and the same thing.  The caller has the
 * lock that guards it.
 */
#ifndef FLEET_WAITERS_H
#define FLEET_WAITERS_H

#include <stddef.h>

#include "base/wake.h"

struct waiters {
	struct wake **wakes; /* borrowed; none twice */
	size_t n, max;
};

/* Notifies all, and forgets them. */
void waiters_notify(struct waiters *w);

void waiters_add(struct waiters *w, struct wake *wake);
void waiters_remove(struct waiters *w, const struct wake *wake);
void waiters_release(struct waiters *w);

#endif
