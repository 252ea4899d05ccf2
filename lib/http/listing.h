/*
 * The page that lists a directory.  Pure.
 */
#ifndef HTTP_LISTING_H
#define HTTP_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* The hash of the page's only script, for Content-Security-Policy. */
#define LISTING_SCRIPT_HASH                                                    \
	"sha256-FZtyXPIOlIR4eR9jhRThw0J7zke5SdLg7CoN+pNeq+k="

struct listing_entry {
	const char *name; /* of len bytes, without a slash */
	size_t len; /* at most 255 */
	bool directory;
	uint64_t size; /* bytes */
	int64_t modified; /* seconds since 1970 */
	uint64_t key; /* for listing_page */
};

/* Sorts the entries (directories first, then by bytes of the name) and
 * appends the page of the directory path ("a/b", "" for the root).  complete
 * is false where entries had to be left out.  0, or -1 at the maximum. */
int listing_page(struct buf *to, const char *path,
    struct listing_entry *entries, size_t n, bool complete);

#endif
