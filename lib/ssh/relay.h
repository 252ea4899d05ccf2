/*
 * One forwarded connection: a channel on one side, a socket on the other, and
 * a bounded buffer in each direction.  Half-closed connections stay half
 * open, as with TCP.
 */
#ifndef SSH_RELAY_H
#define SSH_RELAY_H

#include <poll.h>
#include <stdbool.h>

#include "ssh/channel.h"

struct relay;

/* Both are taken; fd is made non-blocking. */
struct relay *relay_new(struct channel *c, int fd);

/* Moves what can be moved now.  True if anything was. */
bool relay_pump(struct relay *r);

/* What to poll the socket for; its fd is -1 when there is nothing. */
struct pollfd relay_pollfd(const struct relay *r);

/* Whether both directions have ended, and the channel is closed. */
bool relay_done(const struct relay *r);

/* Ends it at once, without waiting for the peer.  NULL is allowed. */
void relay_free(struct relay *r);

#endif
