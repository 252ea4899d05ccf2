/*
 * From a host's settings to a connected socket.
 */
#ifndef SSH_DIAL_H
#define SSH_DIAL_H

#include <sys/types.h>

#include "hosts/settings.h"
#include "ssh/access.h"
#include "ssh/startups.h"
#include "ssh/wait.h"

/* Where it led: what else there is to end. */
struct dialled {
	pid_t proxy; /* of a ProxyCommand, or 0 */
	struct startup *place; /* until logged in; NULL: nobody counts them */
};

/* Connects to the settings' host name and port: through their jump hosts, by
 * their ProxyCommand, or directly, as often as ConnectionAttempts says, having
 * waited for a place at the server; to is filled also on failure.  Directly, every address that the name has is
 * tried, a next one while an earlier has not answered within 250 ms (in the
 * spirit of RFC 8305), families alternating.  Returns a socket, or -1 with
 * FAULT_CONNECT that names what was tried, or what became of a jump host. */
int dial(const struct settings *s, const struct access *access,
    struct dialled *to, const struct wait *w, struct fault *f);

/* Connects to one numeric address and port, as dial does. */
int dial_address(const char *address, int port, int64_t timeout,
    const struct wait *w, struct fault *f);

#endif
