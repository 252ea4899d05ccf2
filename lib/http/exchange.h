/*
 * The requests of a connection that are in the thread's buffer, and the
 * responses to them; between connection.c, which moves bytes, and answer.c,
 * which knows no connection.
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "http/connection.h"

enum {
	EXCHANGE_OUT_HIGH = 49152 /* bytes of responses that are gathered */
};

/* Answers the requests that are there, until enough is gathered to be sent, a
 * body is to follow, or the connection shall end.  false when more bytes are
 * needed. */
bool exchange_requests(struct worker *w, struct connection *c);

/* Appends the response to a request, or, where refuse is not 0, the one that
 * refuses it, logs it, and notes in the connection how it goes on. */
void exchange_answer(struct worker *w, struct connection *c,
    const struct request *r, int refuse);

/* The body is sent, or will not be: logs and frees it. */
void exchange_end_body(struct worker *w, struct connection *c);

#endif
