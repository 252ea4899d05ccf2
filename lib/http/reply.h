/*
 * The head of a response.  The one producer of that syntax.  Pure.
 */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "http/date.h"
#include "http/range.h"

enum {
	REPLY_HEAD_MAX = 16384, /* bytes of a head, a long Location included */
	REPLY_BOUNDARY_LEN = 24
};

/* What all responses of a server share. */
struct reply_common {
	char date[DATE_LEN + 1];
	const char *id; /* for HTTPD-Scope-ID; NULL: none */
};

/* Every pointer may be NULL: then the field is left out. */
struct reply {
	int status;
	bool keep_alive;
	bool no_length; /* 304 and 204 have none */
	bool accept_ranges;
	bool allow;
	bool retry_after;
	bool page; /* made by us: may not run scripts of others */
	uint64_t length; /* bytes of the body */
	const char *type;
	const char *etag; /* with its quotes */
	const char *modified; /* a date */
	const char *location;
	const char *boundary; /* the body is multipart/byteranges */
	const struct range *range; /* the body is this one */
	uint64_t size; /* of the representation, for range and 416 */
};

/* The standard phrase of a status. */
const char *reply_reason(int status);

/* Appends the head.  0, or -1 at the buffer's maximum. */
int reply_head(
    struct buf *to, const struct reply *r, const struct reply_common *common);

/* Appends what stands before a part of multipart/byteranges, and, with a
 * range of NULL, what stands behind the last. */
int reply_part(struct buf *to, const char *boundary, const char *type,
    const struct range *range, uint64_t size);

/* Bytes of the multipart body of n ranges. */
uint64_t reply_parts_length(const char *boundary, const char *type,
    const struct range *ranges, size_t n, uint64_t size);

#endif
