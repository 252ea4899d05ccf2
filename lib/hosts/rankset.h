/*
 * Sets of numbers while they are folded (vectors.h): as ranks, which are
 * compared, hashed and joined faster than numbers.  A set of one needs no
 * memory of its own, for there are as many as hosts at first.
 */
#ifndef HOSTS_RANKSET_H
#define HOSTS_RANKSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hosts/vectors.h"

struct rankset {
	uint32_t *ranks; /* sorted, owned; NULL: only `first` */
	uint32_t count;
	uint32_t first, last; /* ranks of the ends, in the order of numbers */
	uint64_t hash; /* the same for the same members in any order */
};

/* A set of one rank; owns nothing. */
void rankset_one(struct rankset *s, uint32_t rank);

/* The ranks, sorted.  Borrowed. */
const uint32_t *rankset_ranks(const struct rankset *s);

bool rankset_equal(const struct rankset *a, const struct rankset *b);

/* Adds the ranks of another set, none of which is in s.  numbers are the
 * numbers by rank. */
void rankset_join(struct rankset *s, const struct rankset *other,
    const struct index *numbers);

/* Adds one rank, which is not in s. */
void rankset_add(struct rankset *s, uint32_t rank, const struct index *numbers);

/* Spreads the bits of a hash. */
uint64_t rankset_mix(uint64_t x);

#endif
