/*
 * Ranges of numbers as they stand between brackets: `1-20,30`, `01-03`,
 * `0-10/5`.  A number keeps the width that it was written with.
 */
#ifndef HOSTS_RANGE_H
#define HOSTS_RANGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum {
	RANGE_ITEMS_MAX = 4096, /* comma separated parts of one bracket */
	RANGE_DIGITS_MAX = 18 /* digits of a number */
};

struct range {
	uint64_t first, last, step;
	int width; /* digits to pad to with zeros; 0: none */
};

struct range_set {
	struct range *items; /* owned */
	size_t count;
};

/* Why a text is not what it should be, and the byte at which it shows. */
struct range_error {
	const char *cause; /* a constant */
	size_t at;
};

/* Parses the n bytes between two brackets.  0, or -1 with the error filled;
 * then nothing is owned. */
int range_set_parse(
    struct range_set *r, const char *text, size_t n, struct range_error *e);

void range_set_release(struct range_set *r);

/* How many numbers there are, those mentioned twice counted twice; a sum
 * beyond UINT64_MAX / 2 stays there. */
uint64_t range_set_count(const struct range_set *r);

/* Appends a number, padded to at most RANGE_DIGITS_MAX digits. */
void range_print(struct buf *to, uint64_t value, int width);

#endif
