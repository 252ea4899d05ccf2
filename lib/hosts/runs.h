/*
 * The text of a set of numbers, as ClusterShell folds it: [1-3,7,008-010].
 */
#ifndef HOSTS_RUNS_H
#define HOSTS_RUNS_H

#include <stddef.h>

#include "base/buf.h"
#include "hosts/index.h"

/* Appends a sorted set (index_compare): in brackets, or its only number. */
void runs_print(struct buf *to, const struct index *set, size_t count);

#endif
