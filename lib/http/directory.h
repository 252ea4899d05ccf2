/*
 * Reads a directory for its listing.
 */
#ifndef HTTP_DIRECTORY_H
#define HTTP_DIRECTORY_H

#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "http/site.h"

enum {
	DIRECTORY_ENTRIES_MAX = 100000,
	DIRECTORY_PAGE_MAX = 64 << 20 /* bytes */
};

/* The page that was made last; zeroed: none. */
struct directory {
	struct buf page;
	char *title; /* NULL: it is of no further use */
	struct stat st;
	int64_t wall;
};

/* Which directory. */
struct directory_place {
	const struct site *site;
	const struct mount *m; /* NULL where only mounts lie below title */
	const char *path; /* beneath the mount */
	const char *title; /* as its visitors know it */
	const struct stat *st; /* what it is like now; NULL where m is */
};

/* Makes the page of the directory; wall is the time in seconds.  Within one
 * second the same page serves again, where the directory is unchanged.  0, or
 * the status that says why not, with errno. */
int directory_page(
    struct directory *d, const struct directory_place *at, int64_t wall);

/* Frees the page. */
void directory_forget(struct directory *d);

#endif
