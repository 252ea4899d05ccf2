/*
 * Reads a directory for its listing.
 */
#ifndef HTTP_DIRECTORY_H
#define HTTP_DIRECTORY_H

#include "base/buf.h"
#include "http/beneath.h"

enum {
	DIRECTORY_ENTRIES_MAX = 100000,
	DIRECTORY_PAGE_MAX = 64 << 20 /* bytes */
};

/* Appends the page of the directory at path beneath b, which its visitors
 * know as title.  0, or the status that says why not, with errno. */
int directory_page(const struct beneath *b, const char *path, const char *title,
    struct buf *page);

#endif
