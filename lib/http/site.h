/*
 * What is served: directories, each under a prefix of the URL.
 */
#ifndef HTTP_SITE_H
#define HTTP_SITE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "http/beneath.h"

enum { SITE_MOUNTS_MAX = 64 };

struct mount {
	char *prefix; /* "a/b", or "" for the root */
	char *dir; /* absolute */
	struct beneath root;
};

struct site {
	struct mount mounts[SITE_MOUNTS_MAX];
	size_t n;
	bool follow; /* links may leave the directories */
	bool listing; /* directories without index.html are listed */
};

/* Opens dir and serves it under prefix ("" or "/", "/a", "/a/b/").  0, or -1
 * with a fault that names the directory. */
int site_add(
    struct site *s, const char *prefix, const char *dir, struct fault *f);
void site_release(struct site *s);

/* The descriptors of the directories into fds, which has room for all; how
 * many. */
size_t site_descriptors(const struct site *s, int *fds);

/* Makes sure, once the process is who it will be, that every directory can be
 * read; user is named in the fault. */
int site_check(const struct site *s, const char *user, struct fault *f);

/* The mount with the longest prefix of the path, and what of the path remains
 * beneath it in *rest; NULL where there is none. */
const struct mount *site_find(
    const struct site *s, const char *path, const char **rest);

/* The name that mount i adds to the listing of the directory path ("", "a"),
 * and its length: what of the mount's prefix comes next.  NULL: none. */
const char *site_child(
    const struct site *s, size_t i, const char *path, size_t *n);

#endif
