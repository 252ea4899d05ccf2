/*
 * SHA-256 of files, for the comparison of contents.
 */
#ifndef SSH_DIGEST_H
#define SSH_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum { DIGEST_LEN = 32 };

struct digest;

struct digest *digest_new(void);
void digest_feed(struct digest *d, const void *bytes, size_t n);

/* Writes the digest of what was fed and frees d. */
void digest_end(struct digest *d, uint8_t value[DIGEST_LEN]);

/* NULL is allowed. */
void digest_free(struct digest *d);

/* The digest of a file from its start to its end, or to its first max bytes.
 * How many these are, or -1 with errno. */
int64_t digest_file(int fd, uint64_t max, uint8_t value[DIGEST_LEN]);

#endif
