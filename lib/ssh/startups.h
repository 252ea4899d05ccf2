/*
 * Connections that are not logged in yet, by the server that they are made
 * to.  sshd drops at random what comes beyond ten of them (MaxStartups,
 * sshd_config(5)), and many names may well stand for one server: so there are
 * at most eight at a time, and the others wait for their turn.
 */
#ifndef SSH_STARTUPS_H
#define SSH_STARTUPS_H

#include <netdb.h>

#include "base/fault.h"
#include "hosts/settings.h"
#include "ssh/wait.h"

enum { STARTUPS_MAX = 8 };

/* Shared by all threads of a run. */
struct startups;

struct startups *startups_new(void);

/* All have left.  NULL is allowed. */
void startups_free(struct startups *s);

/* One connection's place at a server. */
struct startup;

/* Takes a place at the server at an address, which many names may have, or
 * where that is not known here (NULL), at the one that the settings name (host
 * name, port and jump hosts), waiting for one as long as it takes, in the order
 * of arrival.  NULL with FAULT_CANCELLED. */
struct startup *startups_enter(struct startups *s,
    const struct settings *settings, const struct addrinfo *address,
    const struct wait *w, struct fault *f);

/* Gives it to the next: the connection is logged in, or closed.  NULL is
 * allowed. */
void startups_leave(struct startup *place);

#endif
