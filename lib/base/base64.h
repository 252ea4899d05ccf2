/*
 * Base64 (RFC 4648, section 4).
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stddef.h>

#include "base/buf.h"

/* Appends n bytes encoded, padded with `=`.  0, or -1 at the buffer's
 * maximum. */
int base64_encode(struct buf *to, const void *bytes, size_t n);

/* Appends the bytes that n characters of text stand for.  -1 for anything but
 * one whole, padded encoding, or at the buffer's maximum. */
int base64_decode(struct buf *to, const char *text, size_t n);

#endif
