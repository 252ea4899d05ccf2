/*
 * Reads a directory for its listing.
 */
#ifndef HTTP_DIRECTORY_H
#define HTTP_DIRECTORY_H

#include "base/buf.h"
#include "http/site.h"

enum {
	DIRECTORY_ENTRIES_MAX = 100000,
	DIRECTORY_PAGE_MAX = 64 << 20 /* bytes */
};

/* Appends the page of the directory at path beneath the mount, which its
 * visitors know as title; m is NULL where only mounts lie below title.  0, or
 * the status that says why not, with errno. */
int directory_page(const struct site *site, const struct mount *m,
    const char *path, const char *title, struct buf *page);

#endif
