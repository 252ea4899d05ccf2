/*
 * Reads a directory for its listing.
 */
#ifndef HTTP_DIRECTORY_H
#define HTTP_DIRECTORY_H

#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "http/site.h"
#include "http/watch.h"

enum {
	DIRECTORY_ENTRIES_MAX = 100000,
	DIRECTORY_PAGE_MAX = 64 << 20, /* bytes */
	DIRECTORY_OTHERS_MAX = 64
};

/* An entry whose changes a watch does not tell: a directory, a link, a file of
 * several names. */
struct directory_other {
	char *name;
	struct stat st;
};

/* The page that was made last; zeroed: none. */
struct directory {
	struct buf page;
	char *title; /* NULL: it is of no further use */
	struct stat st;
	struct watch watch;
	struct directory_other others[DIRECTORY_OTHERS_MAX];
	size_t others_count;
};

/* Which directory. */
struct directory_place {
	const struct site *site;
	const struct mount *m; /* NULL where only mounts lie below title */
	const char *path; /* beneath the mount */
	const char *title; /* as its visitors know it */
	const struct stat *st; /* what it is like now; NULL where m is */
};

/* Makes the page of the directory; wall is the time in seconds.  The same page
 * serves again while nothing has changed that stands in it, which is found out
 * anew each time.  0, or the status that says why not, with errno. */
int directory_page(
    struct directory *d, const struct directory_place *at, int64_t wall);

/* Frees the page: it is made anew once a second, for there are changes of
 * which nobody tells (mmap(2)). */
void directory_forget(struct directory *d);

/* Frees all. */
void directory_release(struct directory *d);

#endif
