/*
 * One forwarded connection: a channel on one side, a socket on the other, and
 * a bounded buffer in each direction.  Half-closed connections stay half
 * open, as with TCP.
 */
#ifndef SSH_RELAY_H
#define SSH_RELAY_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "ssh/channel.h"

struct relay;

/* Both are taken; fd is made non-blocking. */
struct relay *relay_new(struct channel *c, int fd);

struct addrinfo;

/* The same to the first of the addresses that takes a connection; they are
 * borrowed.  c is taken. */
struct relay *relay_to(struct channel *c, const struct addrinfo *targets);

/* Moves what can be moved now.  True if anything was. */
bool relay_pump(struct relay *r);

/* What to poll the socket for; its fd is -1 when there is nothing. */
struct pollfd relay_pollfd(const struct relay *r);

/* Whether both directions have ended, and the channel is closed. */
bool relay_done(const struct relay *r);

/* Ends it at once, without waiting for the peer.  NULL is allowed. */
void relay_free(struct relay *r);

/* Any number of them; all zero is an empty set. */
struct relay_set {
	struct relay **items;
	size_t n, max;
};

/* Takes r. */
void relay_set_add(struct relay_set *s, struct relay *r);

/* Pumps them all, and frees those that are done.  True if anything moved. */
bool relay_set_pump(struct relay_set *s);

/* Adds what to poll to fds, at most max; returns how many. */
size_t relay_set_pollfds(
    const struct relay_set *s, struct pollfd *fds, size_t max);

/* Ends them all. */
void relay_set_release(struct relay_set *s);

#endif
