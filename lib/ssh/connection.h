/*
 * A connection to one host: dial, key exchange, host key, login, in this
 * order; then commands and forwards on it.
 */
#ifndef SSH_CONNECTION_H
#define SSH_CONNECTION_H

#include <stdbool.h>

#include "base/fault.h"
#include "hosts/settings.h"
#include "ssh/access.h"
#include "ssh/forward.h"
#include "ssh/transport.h"
#include "ssh/wait.h"

enum {
	CONNECTION_FORWARDS = 96 /* at most, on one connection */
};

struct connection {
	struct transport *t;
	uint32_t window; /* to receive a command's output with, bytes */
	pid_t proxy; /* ProxyCommand's process, or 0 */
	const struct settings *settings; /* borrowed */
	struct forward *forwards[CONNECTION_FORWARDS];
	size_t n_forwards;
	int sessions; /* commands started so far */
	bool sudo_asked; /* sudo was given a password, and would ask again */
	bool forwards_agent; /* for commands that want it */
};

/* Opens a connection as the settings say.  All three are borrowed and must
 * outlive it.  NULL with a fault of class CONNECT, HOSTKEY, AUTH, … */
struct connection *connection_open(const struct settings *settings,
    const struct access *access, const struct wait *wait, struct fault *f);

/* Has the host show its key, which is gathered in the access' newkeys, and
 * leaves.  0, or -1 with a fault. */
int connection_survey(const struct settings *settings,
    const struct access *access, const struct wait *wait, struct fault *f);

/* Closes it at once, without waiting for the peer.  NULL is allowed. */
void connection_close(struct connection *c);

/* Sends a keep-alive when it is time for one (ServerAliveInterval).  -1 with
 * FAULT_LOST when nothing answers them. */
int connection_check_alive(struct connection *c, struct fault *f);

/* Hands a forward to the connection, which frees it.  -1 when there are too
 * many. */
int connection_add_forward(struct connection *c, struct forward *w);

/* Moves what the forwards can move now.  True if anything was. */
bool connection_pump(struct connection *c);

/* transport_wait for the connection's forwards and n further descriptors. */
int connection_wait(struct connection *c, struct pollfd *fds, size_t n,
    const struct deadline *d, struct fault *f);

#endif
