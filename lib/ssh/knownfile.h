/*
 * Adding a line to known_hosts while others may do the same.
 */
#ifndef SSH_KNOWNFILE_H
#define SSH_KNOWNFILE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/fault.h"

/* Opens and locks the file, until it is closed.  It is made with mode 0600,
 * and a missing directory called .ssh with 0700.  A descriptor, or -1 with a
 * FAULT_SYSTEM. */
int knownfile_open(const char *path, struct fault *f);

/* Bytes of the file. */
size_t knownfile_size(int fd);

/* Appends what the file has from an offset on, up to to's maximum: what others
 * have added; nothing, where that is no longer the start of a line. */
void knownfile_read(int fd, size_t from, struct buf *to);

/* Appends a line of n bytes, its newline included, in one write; nothing
 * remains of one that fails.  0, or -1 with errno. */
int knownfile_append(int fd, const char *line, size_t n);

#endif
