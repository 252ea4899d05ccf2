/*
 * A number within a host's name.
 */
#ifndef HOSTS_INDEX_H
#define HOSTS_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* A number as it is written: its value and how many digits it has. */
struct index {
	uint64_t value;
	uint32_t digits;
};

/* The order of numbers in a list: shorter ones first, then by value. */
int index_compare(const void *a, const void *b);

/* The order of their texts: "10" before "9". */
int index_compare_text(const void *a, const void *b);

/* The different ones of n numbers, sorted by their texts: the caller's, *count
 * of them; index_rank then finds the place of one of them. */
struct index *index_distinct(
    const struct index *numbers, size_t n, size_t *count);
uint32_t index_rank(
    const struct index *numbers, size_t n, const struct index *number);

/* Whether it begins with a zero that it could do without. */
bool index_is_padded(const struct index *n);

/* The number at the beginning of a text: of no digits where there is none; one
 * of more than RANGE_DIGITS_MAX has no value. */
struct index index_read(const char *text);

/* Writes its digits, at most RANGE_DIGITS_MAX, and returns their end. */
char *index_write(char *to, const struct index *n);

/* Appends it as it is written. */
void index_print(struct buf *to, const struct index *n);

#endif
