/*
 * Bytes into whole lines behind a prefix (pure).
 */
#ifndef FLEET_LINES_H
#define FLEET_LINES_H

#include <stddef.h>

#include "base/buf.h"

enum {
	LINES_MAX = 1024 * 1024 /* longer lines are cut into lines */
};

/* The line that has no end yet. */
struct lines {
	struct buf part;
};

void lines_init(struct lines *l);
void lines_release(struct lines *l);

/* Takes n bytes and appends the lines that are complete to out, each behind
 * the prefix.  Every byte is kept, NUL and invalid UTF-8 too. */
void lines_feed(struct lines *l, const char *prefix, const char *bytes,
    size_t n, struct buf *out);

/* Appends what is left as a last line. */
void lines_end(struct lines *l, const char *prefix, struct buf *out);

#endif
