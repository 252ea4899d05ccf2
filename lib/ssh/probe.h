/*
 * Who answers on a port: a request, here or through a host, and whether the
 * answer comes from a certain httpd-scope.
 */
#ifndef SSH_PROBE_H
#define SSH_PROBE_H

#include "ssh/connection.h"
#include "ssh/reach.h"

enum {
	PROBE_MS = 15000 /* to answer a request */
};

/* What a request through the host met. */
enum met {
	MET_FAULT = -1, /* the fault says what happened to us */
	MET_OURS, /* this very httpd-scope */
	MET_STRANGER, /* somebody else */
	MET_SILENCE, /* a listener that closes without a word */
	MET_NOBODY, /* nothing listens there */
	MET_FORBIDDEN /* the SSH server may not connect */
};

/* Asks address and port on the host, through a channel of the connection. */
enum met probe_host(struct connection *c, const char *address, int port,
    const char *id, struct fault *f);

/* The same from here, on the server's own address. */
enum met probe_here(
    const struct reach_server *s, const struct wait *w, struct fault *f);

/* The address at which a server is reached from this machine: what it is
 * bound to, or loopback for a wildcard. */
const char *probe_address(const struct reach_server *s);

/* Whether 127.0.0.1 of the host is 127.0.0.1 here: a port opened here a moment
 * ago is reached through the host.  1, 0, or -1 with a fault. */
int probe_is_here(struct connection *c, struct fault *f);

#endif
