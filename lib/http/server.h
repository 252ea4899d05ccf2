/*
 * The server: threads, each with an epoll of its own, that share nothing but
 * the listening sockets and a few counters.  It neither forks nor sets
 * signals up; SIGPIPE must be ignored and everything else blocked in the
 * threads by the caller.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stdint.h>

#include "base/fault.h"
#include "http/accesslog.h"
#include "http/address.h"
#include "http/listen.h"
#include "http/site.h"

struct server_settings {
	const struct listeners *listeners; /* borrowed, as all below */
	const struct site *site;
	struct accesslog *log; /* or NULL; taken */
	const struct address_nets *allowed; /* or NULL: everybody */
	const char *id; /* of the scope, for HTTPD-Scope-ID */
	int threads;
	int max_connections;
	int (*enter)(void); /* run first in each thread; not 0: it failed */
};

struct server_counts {
	uint64_t requests;
	uint64_t bytes; /* sent */
	uint64_t connections;
	uint64_t clients; /* different addresses */
	uint64_t errors; /* responses of 400 and above, connections cut */
	uint64_t left_root; /* requests that met a link out of the site */
};

struct server;

enum { SERVER_DESCRIPTORS_MAX = LISTEN_MAX + SITE_MOUNTS_MAX + 1 };

/* The descriptors that serving needs; log may be NULL.  How many. */
size_t server_descriptors(const struct listeners *l, const struct site *site,
    const struct accesslog *log, int fds[SERVER_DESCRIPTORS_MAX]);

/* Starts the threads; they serve when it returns.  NULL with a fault. */
struct server *server_start(const struct server_settings *s, struct fault *f);

/* Ends all connections at once, joins the threads and closes the log.  Fills
 * *counts, unless NULL. */
void server_stop(struct server *server, struct server_counts *counts);

/* Stops accepting and ends what is idle; responses on their way go on.  The
 * descriptor that is returned becomes readable when none is left. */
int server_drain(struct server *server);

#endif
