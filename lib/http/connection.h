/*
 * One connection: requests in, responses out, in order, with bounded memory;
 * while the client does not take its responses, nothing more is read.
 */
#ifndef HTTP_CONNECTION_H
#define HTTP_CONNECTION_H

#include "http/worker.h"

struct connection {
	enum source source;
	int fd; /* -1: closed, waits to be freed */
	enum phase phase;
	bool watched; /* by epoll */
	bool writing; /* epoll waits for room, not for bytes */
	bool ending; /* after what is pending */
	bool answered; /* at least once, … */
	bool progressed; /* … and since the phase began */
	bool linger; /* the client may still be sending */
	int64_t since; /* when the phase began, or bytes last moved */
	struct connection *next, *prev; /* in the phase's list */
	struct address client;
	struct buf in; /* an incomplete request; empty while idle */
	size_t scanned; /* bytes of it known to hold no end */
	struct buf out; /* what the client has not taken … */
	size_t held; /* … and what of that counts, being large */
	size_t out_at;
	uint64_t moved; /* bytes taken since the time was last set */
	uint64_t discard; /* bytes of a request's body still to come */
	struct body *body;
	uint64_t body_bytes;
	struct buf line; /* of the log, for the body that is being sent */
	size_t line_at;
};

/* Takes an accepted, non-blocking socket and answers what is there already. */
void connection_open(struct worker *w, int fd, const struct address *client);

/* Goes on with a connection for which epoll has something. */
void connection_ready(struct worker *w, struct connection *c);

/* Ends a connection whose time has run out. */
void connection_expire(struct worker *w, struct connection *c);

/* Ends it at once. */
void connection_close(struct worker *w, struct connection *c);

#endif
