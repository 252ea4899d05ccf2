/*
 * Adding a line to known_hosts while others may do the same.
 */
#ifndef SSH_KNOWNFILE_H
#define SSH_KNOWNFILE_H

#include <stddef.h>

#include "base/fault.h"

/* Appends a line of n bytes, its newline included, in one write.  The file is
 * made with mode 0600, and a missing directory called .ssh with 0700.  -1
 * with a FAULT_SYSTEM. */
int knownfile_append(
    const char *path, const char *line, size_t n, struct fault *f);

#endif
