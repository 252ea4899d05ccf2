/*
 * What fab-put and fab-get do on a host, as a value; and doing it.
 */
#ifndef FLEET_TRANSFER_H
#define FLEET_TRANSFER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "fleet/input.h"
#include "fleet/rate.h"
#include "fleet/sink.h"
#include "fleet/target.h"
#include "ssh/copy.h"

/* What a copy has brought; one a host. */
struct transfer_result {
	struct copy_counts counts;
};

/* The same for all hosts; borrowed by all that run it. */
struct transfer {
	bool get, to_output; /* which is standard output */
	const char *const *sources; /* as they were given */
	size_t n;
	const char *target;
	struct copy_how how; /* but for its watch */
	bool several; /* hosts were named in the plural */
	struct sources *shared; /* of a put: the same for all hosts, or NULL */
	struct input *input; /* standard input is a source; or NULL */
	struct rate *rate;
	struct sink *sink; /* takes what is got to standard output */
	struct transfer_result *results; /* one a host */
	/* Told of bytes by all threads; NULL: nobody. */
	void (*moved)(void *arg, uint64_t bytes);
	void (*expected)(void *arg, int64_t bytes);
	void *arg;
};

/* Runs it on one host, to its end, and fills *outcome (but for its text's
 * frame). */
void transfer_run(const struct transfer *t, const struct target *target,
    struct outcome *outcome);

/* The target of a get on a host, which belongs to the caller. */
char *transfer_target(const struct transfer *t, const char *label,
    const struct settings *settings, size_t number);

#endif
