/*
 * What a serving thread has; between server.c, worker.c and connection.c.
 */
#ifndef HTTP_WORKER_H
#define HTTP_WORKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/wake.h"
#include "http/answer.h"
#include "http/peers.h"
#include "http/server.h"

/* What a connection waits for; each has a span of time of its own. */
enum phase {
	PHASE_HEAD, /* all of a head */
	PHASE_IDLE, /* the next request */
	PHASE_WRITE, /* the client to take bytes */
	PHASE_LINGER, /* the client to see our last words */
	PHASE_COUNT
};

struct connection;

/* Connections in the order in which their time runs out. */
struct waiting {
	struct connection *first, *last;
};

/* What epoll returns; the first member of what it points to. */
enum source { SOURCE_WAKE, SOURCE_LISTENER, SOURCE_CONNECTION };

struct worker_listener {
	enum source source;
	int fd;
};

struct worker {
	struct server *server;
	const struct server_settings *set;
	atomic_int *connections; /* of all threads */
	struct peers *peers; /* of all threads */
	atomic_int *draining;
	struct wake *drained; /* notified when the last one is gone */
	int limit; /* of connections */
	struct worker *all; /* … those that serve, … */
	atomic_int *serving; /* … and how many they are */
	pthread_t thread;
	int epoll;
	enum source wake_source;
	struct wake wake;
	atomic_int ending;
	atomic_int asked; /* for room, by another that has no idle connection */
	struct worker_listener listeners[LISTEN_MAX];
	bool accepting;
	int64_t resume; /* when to accept again after a failure */
	int64_t now; /* milliseconds; time that we were stopped left out */
	int64_t clock;
	struct responder responder;
	struct buf in; /* of the connection at hand: what was read, … */
	size_t in_at; /* … and how much of it is done with */
	struct buf out;
	size_t out_at;
	struct waiting waiting[PHASE_COUNT];
	struct connection *dead; /* freed at the end of a turn */
	struct server_counts counts;
};

/* 0, or -1 with errno. */
int worker_init(struct worker *w);
void worker_release(struct worker *w);

/* Serves until ending is set and wake notified. */
void worker_run(struct worker *w);

#endif
