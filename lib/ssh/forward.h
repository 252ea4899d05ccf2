/*
 * Remote forwarding (RFC 4254, section 7): the server listens on an address
 * of the host, and each connection there is relayed to an address that we can
 * reach.  Forwards are pumped beside whatever runs on the connection.
 */
#ifndef SSH_FORWARD_H
#define SSH_FORWARD_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "ssh/transport.h"

struct forward;

/* Where the server listens, and where its connections go; numeric. */
struct forward_spec {
	const char *address;
	int port; /* 0: the server chooses */
	const char *target_address;
	int target_port;
};

/* Asks the server to listen.  NULL with FAULT_CONNECT; *refused is set when
 * the server said no: the port is taken, or forwarding is forbidden. */
struct forward *forward_listen(struct transport *t,
    const struct forward_spec *spec, bool *refused, const struct deadline *d,
    struct fault *f);

/* The port on which the server listens. */
int forward_port(const struct forward *w);

/* Accepts what came and moves what can be moved.  True if anything was. */
bool forward_pump(struct forward *w);

/* Adds what to poll to fds, at most max; returns how many. */
size_t forward_pollfds(const struct forward *w, struct pollfd *fds, size_t max);

/* How many connections are relayed now. */
size_t forward_count(const struct forward *w);

/* Ends the relays; the listener ends with the session.  NULL is allowed. */
void forward_free(struct forward *w);

#endif
