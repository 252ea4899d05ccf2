/*
 * From a request to its response: finds the file, applies conditions and
 * ranges, writes the head and what is small of the body.
 */
#ifndef HTTP_ANSWER_H
#define HTTP_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "http/body.h"
#include "http/directory.h"
#include "http/path.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/site.h"
#include "http/store.h"

enum {
	ANSWER_HELD_MAX = 128 << 20 /* bytes; more listings are 503 */
};

/* What a thread answers with. */
struct responder {
	const struct site *site;
	struct store *store;
	struct reply_common common;
	int64_t wall; /* seconds since 1970 */
	struct directory directory; /* that was listed last */
	size_t held; /* bytes of pages that clients have not taken yet */
	struct path path; /* of the request at hand */
	struct range ranges[RANGE_MAX];
};

struct answer {
	int status;
	bool keep_alive; /* in: allowed; out: the connection goes on */
	bool left_root; /* a link led out of the directory */
	uint64_t bytes; /* of the body */
	struct body *body; /* what remains to be sent; the caller's */
};

/* Appends the response to a request, or, where refuse is not 0, the response
 * that refuses it with this status. */
void answer_request(struct responder *s, const struct request *r, int refuse,
    struct buf *out, struct answer *a);

#endif
