/*
 * Jump hosts.  Each is a host like any other, with a thread and a connection
 * of its own, which all hosts behind it share: it sees one login, and whoever
 * connects through it gets one end of a socket pair, whose other end the
 * jump host's thread relays into a channel.
 *
 * The library opens one channel at a time on a connection.  So that a host
 * that does not answer holds nobody back, a jump host behind which that
 * happens gets a further connection for all the others, unless logging in to
 * it takes a person.
 */
#ifndef SSH_GATEWAY_H
#define SSH_GATEWAY_H

#include "hosts/sshconfig.h"
#include "ssh/access.h"
#include "ssh/wait.h"

struct gateways;

/* The jump hosts of a run: their settings come from config, what connecting
 * to them takes from access (but for the password of the hosts, which they are
 * never offered), and cancel ends them.  All borrowed. */
struct gateways *gateways_new(const struct sshconfig *config,
    const struct access *access, const struct cancel *cancel);

/* Ends their connections and threads.  NULL is allowed. */
void gateways_free(struct gateways *g);

/* Has them look whether they are to stop. */
void gateways_notify(struct gateways *g);

/* A descriptor to the settings' host and port, through the last of their jump
 * hosts; access is the caller's own.  -1 with FAULT_CONNECT, or what became of
 * the jump host: FAULT_AUTH, FAULT_HOSTKEY, … */
int gateway_dial(const struct access *access, const struct settings *s,
    const struct wait *w, struct fault *f);

#endif
