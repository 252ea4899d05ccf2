/*
 * What gateway.c (who wants to get through, and where) and gateway_serve.c (the
 * thread of a connection) share.
 */
#ifndef SSH_GATEWAY_INTERNAL_H
#define SSH_GATEWAY_INTERNAL_H

#include <pthread.h>

#include "ssh/connection.h"
#include "ssh/gateway.h"
#include "ssh/relay.h"

enum {
	GATEWAY_CONNECTIONS = 8 /* to one jump host, at most */
};

enum link_state { LINK_WAITING, LINK_OPEN, LINK_FAILED };

/* Somebody who wants to get through. */
struct link {
	char *host;
	int port;
	int64_t timeout;
	struct wake *wake; /* the caller's; NULL when it has left */
	enum link_state state;
	int fd;
	struct fault fault;
	struct link *next;
};

enum gateway_state { GATEWAY_CONNECTING, GATEWAY_OPEN, GATEWAY_FAILED };

/* A jump host, and its connections. */
struct jumphost {
	struct gateways *pool;
	char *hops; /* by which it is found */
	struct settings settings;
	char *prompt;
	struct password *password;
	atomic_int questions; /* that logging in took */
	struct gateway *connections; /* under the lock, the newest first */
	size_t n;
	struct jumphost *next;
};

/* One connection.  What is under the pool's lock is marked so; the rest is
 * its thread's. */
struct gateway {
	struct jumphost *host;
	struct access access;
	struct cancel cancel;
	struct wake wake;
	pthread_t thread;
	struct connection *c;
	struct relay_set relays;
	struct channel_opening opening;
	struct link *link; /* for which that is, or NULL */
	int64_t link_since; /* when it was begun */
	bool is_opening;
	char *target; /* its host's name */
	/* under the lock: */
	enum gateway_state state;
	struct fault fault;
	int64_t failed_at;
	bool joined; /* its thread, after it has failed */
	bool stuck; /* an opening takes long */
	struct link *waiting; /* in the order of coming */
	const struct gateway *awaits; /* the jump host before it */
	struct gateway *next;
};

struct gateways {
	pthread_mutex_t lock;
	const struct sshconfig *config;
	const struct access *access;
	const struct cancel *cancel;
	struct jumphost *hosts; /* under the lock */
	bool ending; /* under the lock: nothing is begun any more */
};

/* The thread of a struct gateway. */
void *gateway_main(void *arg);

/* With the lock held: what became of a link, to whom it concerns. */
void link_end(struct link *l, enum link_state state);
void link_fail(struct link *l, const struct fault *f);
void link_free(struct link *l);

/* With the lock held: another who waits. */
void gateway_append(struct gateway *g, struct link *l);

/* With the lock held: the connection that serves somebody who comes now. */
struct gateway *gateway_choose(struct jumphost *h, struct fault *f);

#endif
