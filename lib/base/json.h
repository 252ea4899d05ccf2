/*
 * The one producer of JSON (RFC 8259).
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Appends what stands between the quotes of a string: bytes of UTF-8, which
 * may be cut anywhere between calls. */
void json_escape(struct buf *to, const char *bytes, size_t n);

/* Appends a whole string with its quotes, or null.  What is not UTF-8 in it
 * becomes U+FFFD. */
void json_string(struct buf *to, const char *text);

/* Whether bytes that come in pieces are valid UTF-8. */
struct json_check {
	char part[4]; /* a sequence without its end */
	size_t n;
	bool bad;
};

void json_check_feed(struct json_check *c, const char *bytes, size_t n);

/* At the end: true if all was. */
bool json_check_end(const struct json_check *c);

#endif
