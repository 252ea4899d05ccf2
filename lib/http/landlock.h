/*
 * Landlock of Linux 5.13 and later.
 */
#ifndef HTTP_LANDLOCK_H
#define HTTP_LANDLOCK_H

#include <stddef.h>

/* The version of the interface; 0 where there is none. */
int landlock_version(void);

/* From now on this thread, and those it starts, can do nothing with files but
 * read beneath the directories, and cannot bind or connect, as far as this
 * version goes, which is not above the kernel's.  1 when it is in force, 0 for
 * version 0, -1 with errno. */
int landlock_restrict(int version, const int *directories, size_t n);

#endif
