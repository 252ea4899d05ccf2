/*
 * One line of known_hosts.
 */
#ifndef SSH_KNOWNLINE_H
#define SSH_KNOWNLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/sha1.h"

enum knownline_marker { KNOWNLINE_PLAIN, KNOWNLINE_REVOKED, KNOWNLINE_CA };

struct knownline {
	enum knownline_marker marker;
	char *patterns; /* owned; NULL: the name is hashed */
	struct sha1_key salt; /* of a hashed name */
	uint8_t digest[SHA1_LEN];
	char *blob; /* owned: the key */
	size_t blob_len;
	int number;
};

/* Parses n bytes without their newline.  1 when a line was filled; 0 for a
 * comment; -1 for a bad line, with its cause. */
int knownline_parse(
    struct knownline *l, const char *text, size_t n, const char **cause);
void knownline_release(struct knownline *l);

/* Whether the line is about a name, which is in lower case. */
bool knownline_matches(const struct knownline *l, const char *name);

/* Appends a line, newline included, for a name and a key. */
void knownline_print(
    struct buf *to, const char *name, bool hashed, const void *blob, size_t n);

/* See knownhosts_blob_type. */
const char *knownline_blob_type(const void *blob, size_t n, size_t *len);

#endif
