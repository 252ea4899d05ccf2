/*
 * Tuples of numbers as rows of ranks (vectors.h), and their order: how folding
 * in several dimensions begins.
 */
#ifndef HOSTS_RANKTABLE_H
#define HOSTS_RANKTABLE_H

#include <stddef.h>
#include <stdint.h>

#include "hosts/index.h"

struct ranktable {
	struct index *numbers; /* by rank, number_count of them; owned */
	size_t number_count;
	uint32_t *ranks; /* rows of dims ranks, as the tuples lay; owned */
	uint32_t *order; /* numbers of rows, the first in order first; owned */
	size_t count, dims;
};

/* Fills the table from n different tuples of dims numbers each, which lie one
 * after the other.  The rows are ordered from left to right. */
void ranktable_init(
    struct ranktable *t, const struct index *tuples, size_t n, size_t dims);
void ranktable_release(struct ranktable *t);

/* Row i in order.  Borrowed. */
const uint32_t *ranktable_row(const struct ranktable *t, size_t i);

/* The one dimension in which rows i and j in order differ; dims where it is
 * not one. */
size_t ranktable_difference(const struct ranktable *t, size_t i, size_t j);

#endif
