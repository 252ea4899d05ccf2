/*
 * A body on its way out of a file: one range of it, or several as
 * multipart/byteranges.  Never more is sent than was promised, and where the
 * file has become shorter, sending fails.
 */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "http/file.h"
#include "http/range.h"
#include "http/reply.h"

struct body {
	struct file *file; /* held */
	uint64_t offset; /* of the next byte */
	uint64_t left; /* bytes of this range */
	bool corked; /* the socket holds back segments that are not full */
	bool copy; /* the file system has no sendfile */
	struct range *ranges; /* NULL: one range alone; owned */
	size_t count, next;
	char boundary[REPLY_BOUNDARY_LEN + 1];
	const char *type; /* of the representation */
	uint64_t size; /* of the representation */
};

enum body_step {
	BODY_ADDED, /* bytes were appended, send them */
	BODY_SENT, /* bytes went to the socket */
	BODY_BLOCKED, /* the socket takes no more */
	BODY_DONE,
	BODY_FAILED /* the connection must end */
};

/* A body that sends the ranges (copied), as parts between the boundary where
 * there are several.  The file is held; type is borrowed for good. */
struct body *body_new(struct file *file, const struct range *ranges, size_t n,
    const char *boundary, const char *type, uint64_t size);

void body_free(struct body *b);

/* Whether what is sent before the next step should wait for it, to share a
 * segment (MSG_MORE).  Not where one sendfile is all that follows: a short packet
 * of its own costs less there than pages that begin in the middle of one. */
bool body_joins(const struct body *b);

/* Moves on by one step: appends to out, which is empty, what is small, and
 * sends to the socket what is large.  *sent counts the latter. */
enum body_step body_advance(
    struct body *b, int socket, struct buf *out, uint64_t *sent);

#endif
