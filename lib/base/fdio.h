/*
 * Descriptors: whole writes, whole small files, flags.
 */
#ifndef BASE_FDIO_H
#define BASE_FDIO_H

#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/fault.h"

/* Writes all n bytes, waiting where the descriptor would block.  0, or -1
 * with errno. */
int fdio_write_all(int fd, const void *bytes, size_t n);

/* As read(2), repeated when a signal came. */
ssize_t fdio_read(int fd, void *bytes, size_t n);

/* Appends all of what fd still gives to the buffer.  -1 with errno; EFBIG
 * when the buffer's maximum is reached. */
int fdio_read_all(int fd, struct buf *to);

/* Reads a whole small file into an empty buffer.  -1 with a FAULT_SYSTEM that
 * names the file. */
int fdio_read_file(const char *path, struct buf *to, struct fault *f);

/* Sets or clears O_NONBLOCK; 0 or -1 with errno. */
int fdio_set_nonblock(int fd, int on);

/* Opens /dev/null on each of descriptors 0 to 2 that is closed, so that no
 * socket of ours can land there.  0 or -1 with errno. */
int fdio_open_standard(void);

/* Closes a descriptor that may be -1 and returns -1, for `fd = fdio_close(fd)`.
 * errno is kept. */
int fdio_close(int fd);

#endif
