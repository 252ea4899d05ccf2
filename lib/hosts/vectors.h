/*
 * Folding in several dimensions: sets of tuples of numbers into few products
 * of sets, as ClusterShell's RangeSetND does it, so that the result is the
 * same text as `nodeset -f` prints.
 */
#ifndef HOSTS_VECTORS_H
#define HOSTS_VECTORS_H

#include <stddef.h>
#include <stdint.h>

#include "hosts/index.h"

/* A product of sets: one set for each dimension, sorted. */
struct vector {
	struct index **sets; /* owned, and so is each */
	size_t *counts;
};

enum {
	VECTORS_DIMS_MAX = 128 /* dimensions */
};

struct vectors {
	struct vector *items;
	size_t count;
	size_t dims;
};

/* Folds n different tuples of dims numbers each, which lie one after the
 * other.  Release the result with vectors_release. */
void vectors_fold(
    struct vectors *v, const struct index *tuples, size_t n, size_t dims);
/* Calls visit with every tuple again, in the order of the products and within
 * them, the last dimension turning fastest. */
void vectors_visit(const struct vectors *v,
    void (*visit)(void *arg, const struct index *tuple), void *arg);

void vectors_release(struct vectors *v);

#endif
