/*
 * The forwards that a user asks for, with -L, -R and -A: the same on the
 * connection to each host.
 */
#ifndef SSH_FORWARDS_H
#define SSH_FORWARDS_H

#include "ssh/connection.h"
#include "ssh/forwardspec.h"

enum { FORWARDS_MAX = 64 /* of -L and -R together */ };

struct forwards {
	struct forwardspec specs[FORWARDS_MAX];
	bool local[FORWARDS_MAX]; /* -L */
	size_t n;
};

/* Adds one.  -1 with a FAULT_USAGE. */
int forwards_add(
    struct forwards *w, bool local, const char *text, struct fault *f);
void forwards_release(struct forwards *w);

/* Opens them on a connection, and the agent's as its settings say.  A refusal
 * is told, and is a fault with ExitOnForwardFailure. */
int forwards_open(
    const struct forwards *w, struct connection *c, struct fault *f);

#endif
