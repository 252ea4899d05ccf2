/*
 * What the kinds of forwarding share.
 */
#ifndef SSH_FORWARD_INTERNAL_H
#define SSH_FORWARD_INTERNAL_H

#include "ssh/forward.h"
#include "ssh/relay.h"

enum {
	FORWARD_RELAYS = 256 /* at once; more wait in the listener's queue */
};

struct forward_ops {
	/* Accepts what has come.  True if anything did. */
	bool (*accept)(struct forward *w);
	/* As forward_pollfds, for what is listened on; or NULL. */
	size_t (*pollfds)(
	    const struct forward *w, struct pollfd *fds, size_t max);
	/* Frees what is the kind's own, and w. */
	void (*free)(struct forward *w);
};

/* The first member of each kind. */
struct forward {
	const struct forward_ops *ops;
	struct transport *t;
	int port;
	struct relay_set relays;
};

#endif
