/*
 * What is said about failures: one line a host, and if several were named a
 * last one with all of them, folded.
 */
#ifndef FLEET_SUMMARY_H
#define FLEET_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>

#include "fleet/sink.h"
#include "hosts/list.h"

struct summary {
	const struct host_list *hosts;
	const char *const *labels;
	bool several, quiet;
	size_t n_failed, n_not_started;
	bool *failed; /* one a host */
	bool *left; /* something of it may still run */
	size_t n_left;
};

/* hosts and labels are borrowed. */
void summary_init(struct summary *s, const struct host_list *hosts,
    const char *const *labels, bool several, bool quiet);

/* A host has ended: its failure is told.  Callers take turns. */
void summary_add(struct summary *s, size_t host, const struct outcome *outcome);

/* The last line, and the end of the summary. */
void summary_end(struct summary *s);

#endif
