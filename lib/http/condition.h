/*
 * Conditional requests (RFC 9110 13): what the fields of a request ask about
 * the representation that is there.  Pure.
 */
#ifndef HTTP_CONDITION_H
#define HTTP_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "http/request.h"

enum condition {
	CONDITION_PROCEED,
	CONDITION_NOT_MODIFIED, /* 304 */
	CONDITION_FAILED /* 412 */
};

/* What is there. */
struct validators {
	struct view etag; /* strong, with its quotes */
	int64_t modified; /* seconds since 1970 */
	int64_t now;
};

/* Evaluates If-Match, If-Unmodified-Since, If-None-Match, If-Modified-Since in
 * this order (13.2.2).  If-Modified-Since means not modified where the date is
 * exactly ours: a repository that was rolled back is older, and yet new. */
enum condition condition_check(
    const struct request *r, const struct validators *v);

/* Whether Range applies: no If-Range, or one that names exactly what is there
 * (13.1.5).  A date that is less than a second old is not strong (8.8.2.2). */
bool condition_range_applies(
    const struct request *r, const struct validators *v);

#endif
