/*
 * A file that an option names and that is replaced as a whole, by rename: a
 * reader sees the old list or the new one.
 */
#ifndef FLEET_LISTFILE_H
#define FLEET_LISTFILE_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/fault.h"

struct listfile {
	char *path; /* no link: what a link leads to is replaced */
	mode_t mode; /* that it has, or a new file gets */
};

/* Looks at what is there: a device or a pipe would be replaced, which nobody
 * wants.  -1 with FAULT_SYSTEM that names the option; released all the same. */
int listfile_look(
    struct listfile *l, const char *option, const char *path, struct fault *f);
void listfile_release(struct listfile *l);

/* Whether one can be made in its directory.  0 or errno. */
int listfile_check_place(const struct listfile *l);

/* 0 or errno, and then the old one is there. */
int listfile_replace(const struct listfile *l, const struct buf *text);

#endif
