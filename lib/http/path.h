/*
 * Paths of URLs (RFC 3986).  The one producer and reader of that syntax.
 * Pure.
 */
#ifndef HTTP_PATH_H
#define HTTP_PATH_H

#include <stdbool.h>

#include "base/buf.h"
#include "http/view.h"

enum {
	PATH_LEN_MAX = 4095 /* bytes, as PATH_MAX has it */
};

struct path {
	char name[PATH_LEN_MAX + 1]; /* a/b/c: decoded once, no dot segments, no
				      * leading or doubled slash; "" is the
				      * root itself */
	size_t len;
	bool slash; /* ended with a slash: a directory is meant */
	struct view query; /* from the question mark, or empty */
};

/* Reads a request's target: origin-form, or absolute-form of http.  0, or the
 * status that refuses it: 400 for bad escapes, NUL, and what climbs above the
 * root; 414 for what is too long. */
int path_parse(struct path *p, struct view target);

/* Appends the name so that a browser reads it back as one path: everything
 * but unreserved characters and slashes escaped.  0 or -1. */
int path_encode(struct buf *to, const char *name, size_t n);

#endif
