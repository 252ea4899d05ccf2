/*
 * Forwarding (RFC 4254, section 7), pumped beside whatever runs on the
 * connection.  Remote: the server listens, and each connection there is
 * relayed to an address that we can reach.  Local: we listen, and the server
 * connects.  The agent: what the host asks goes to ours.
 */
#ifndef SSH_FORWARD_H
#define SSH_FORWARD_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "ssh/transport.h"

struct forward;

enum {
	FORWARD_SOCKETS = 16 /* that one listens on here, at most */
};

/* Where the server listens, and where its connections go. */
struct forward_spec {
	const char *address;
	int port; /* 0: the server chooses */
	const char *target_address; /* or a name */
	int target_port;
	const char *name; /* of the host, for notes; outlives the forward */
};

/* Asks the server to listen.  NULL with FAULT_CONNECT; *refused is set when
 * the server said no: the port is taken, or forwarding is forbidden. */
struct forward *forward_listen(struct transport *t,
    const struct forward_spec *spec, bool *refused, const struct deadline *d,
    struct fault *f);

/* Listens here, on spec's address (NULL: both of loopback; "*": any) and port,
 * and has the server connect to its target.  NULL with FAULT_CONNECT. */
struct forward *forward_local(
    struct transport *t, const struct forward_spec *spec, struct fault *f);

/* Relays the channels by which the host asks for an agent to the one at path,
 * which is borrowed; where the library can (transport_can_forward_agent). */
struct forward *forward_agent(struct transport *t, const char *path);

/* The port that is listened on. */
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
