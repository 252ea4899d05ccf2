/*
 * An httpd-scope's server made reachable from a host: over the SSH
 * connection, or directly where the host can.  Whichever way, it is proved
 * before a command may rely on it: a request through the host must be
 * answered by this very httpd-scope, which knows itself by a number in its
 * environment and in a response header.
 */
#ifndef SSH_REACH_H
#define SSH_REACH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/nonce.h"
#include "ssh/connection.h"

enum {
	REACH_SERVERS = 8 /* nested httpd-scopes */
};

/* A server as its httpd-scope describes it in the environment. */
struct reach_server {
	char url[128];
	char id[NONCE_LEN + 1];
	char address[64]; /* that it is bound to */
	int port;
	bool fixed; /* the port was asked for: on the host it is the same */
};

/* The servers that we are in, innermost first. */
struct reach_env {
	struct reach_server servers[REACH_SERVERS];
	size_t n;
};

enum reach_way {
	REACH_AUTO,
	REACH_FORWARD,
	REACH_DIRECT,
	REACH_OFF,
};

/* How one server is reached from one host. */
struct reached {
	char url[128]; /* as the host sees it */
	char address[64]; /* in that URL */
	int port;
	int lock; /* descriptor to close at the end, or -1 */
};

/* Reads HTTPD_SCOPE_URL and its like from a lookup function (getenv).  No
 * variable is no server; -1 with FAULT_USAGE when they make no sense. */
typedef const char *reach_lookup(const char *name);
int reach_env_read(
    struct reach_env *env, reach_lookup *lookup, struct fault *f);

/* Whether the server still answers here.  -1 with FAULT_USAGE when it does
 * not, or another one answers in its place. */
int reach_alive(
    const struct reach_server *s, const struct wait *w, struct fault *f);

/* Makes the server reachable and proves it.  0, or -1 with FAULT_SCOPE. */
int reach_open(struct connection *c, const struct reach_server *s,
    enum reach_way way, struct reached *reached, struct fault *f);

/* Whether the head of a response (n bytes) comes from the httpd-scope with
 * that id. */
bool reach_is_ours(const char *head, size_t n, const char *id);

#endif
