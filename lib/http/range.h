/*
 * Byte ranges of a representation (RFC 9110 14).  Pure.
 */
#ifndef HTTP_RANGE_H
#define HTTP_RANGE_H

#include <stddef.h>
#include <stdint.h>

#include "http/view.h"

enum {
	RANGE_MAX = 1024 /* ranges of one request */
};

struct range {
	uint64_t first; /* offset of the first byte */
	uint64_t length; /* bytes, at least 1 */
};

enum range_result {
	RANGE_NONE, /* ignore the field: send everything */
	RANGE_SOME, /* send what the ranges say */
	RANGE_UNSATISFIABLE /* 416 */
};

/* Reads the value of a Range field for a representation of size bytes into at
 * most RANGE_MAX ranges, in the order that was asked for, those without a
 * byte in it left out.  The field is ignored where it is malformed or of an
 * unknown unit, has more than RANGE_MAX ranges, or where several ranges
 * together ask for more than everything. */
enum range_result range_parse(
    struct view field, uint64_t size, struct range *ranges, size_t *n);

#endif
