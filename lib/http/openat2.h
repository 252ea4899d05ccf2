/*
 * openat2(2) of Linux 5.6: a path that the kernel keeps beneath a directory.
 */
#ifndef HTTP_OPENAT2_H
#define HTTP_OPENAT2_H

#include <stdbool.h>

/* Whether this system has it (a container may forbid it). */
bool openat2_works(int root);

/* As openat(2) with RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS.  EXDEV where
 * the path would leave the directory. */
int openat2_beneath(int root, const char *path, int flags);

#endif
