/*
 * The data types of SSH (RFC 4251, section 5): bytes, 32-bit numbers,
 * strings with a length before them, and mpints.  Reading never passes the
 * end; writing goes into a buf.
 */
#ifndef SSH_BLOB_H
#define SSH_BLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* A view of bytes that are read from the front; borrowed. */
struct blob {
	const uint8_t *p;
	size_t n;
};

/* Each reads one value from the front of b and steps behind it.  0, or -1
 * when b is too short (then b is untouched). */
int blob_get_u8(struct blob *b, uint8_t *value);
int blob_get_u32(struct blob *b, uint32_t *value);
int blob_get_string(struct blob *b, struct blob *value);

/* As blob_get_string, for text: -1 also when it holds a NUL.  The text is not
 * NUL-terminated. */
int blob_get_text(struct blob *b, struct blob *value);

/* Whether the bytes are those of a C string. */
bool blob_is(const struct blob *b, const char *text);

/* Whether both are the same bytes, at least one. */
bool blob_same(const struct blob *a, const struct blob *b);

/* The first string of a public key, its type; empty where it has none. */
struct blob blob_type(struct blob key);

/* Appends one value; 0, or -1 at the buffer's maximum. */
int blob_put_u8(struct buf *to, uint8_t value);
int blob_put_u32(struct buf *to, uint32_t value);
int blob_put_string(struct buf *to, const void *bytes, size_t n);
int blob_put_text(struct buf *to, const char *text);

/* Appends a number that is not negative, most significant byte first, as an
 * mpint: leading zeroes removed, one added where the top bit is set. */
int blob_put_mpint(struct buf *to, const uint8_t *bytes, size_t n);

#endif
