/*
 * One holder at a time, among the processes of this machine, of a port on a
 * host.  It ends with the process that holds it, however that ends, and
 * leaves no file.
 */
#ifndef SSH_PORTLOCK_H
#define SSH_PORTLOCK_H

#include "base/fault.h"
#include "ssh/blob.h"
#include "ssh/wait.h"

/* What is locked. */
struct portlock {
	const char *id; /* of the httpd-scope */
	struct blob hostkey; /* by which the host is known */
	int port;
};

/* Takes the lock, waiting as long as another holds it; waiting(arg) is called
 * once if it comes to that.  Returns a descriptor that holds the lock until it
 * is closed (-1 with FAULT_CANCELLED or FAULT_SYSTEM). */
int portlock_take(const struct portlock *l, const struct wait *w,
    void (*waiting)(void *arg), void *arg, struct fault *f);

#endif
