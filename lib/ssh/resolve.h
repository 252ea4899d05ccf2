/*
 * Names into addresses, in a way that can be given up: the system's resolver
 * cannot be interrupted, so it runs in a thread of its own, which is left
 * behind when nobody wants its answer any more.
 */
#ifndef SSH_RESOLVE_H
#define SSH_RESOLVE_H

#include <netdb.h>

#include "ssh/wait.h"

/* As getaddrinfo(3); *found is the caller's to free.  0, or -1 with
 * FAULT_CONNECT that names the name, or FAULT_CANCELLED. */
int resolve(const char *name, int port, const struct addrinfo *hints,
    const struct wait *w, struct addrinfo **found, struct fault *f);

#endif
