/*
 * What is told while many hosts are worked on, and at the end: failures and
 * their summary, the file of --failed, the status line.
 */
#ifndef FLEET_REPORT_H
#define FLEET_REPORT_H

#include <stdatomic.h>
#include <stdbool.h>

#include "fleet/failed.h"
#include "fleet/progress.h"
#include "fleet/sink.h"
#include "fleet/writer.h"

struct report;

/* All borrowed. */
struct report_setup {
	struct sink_hosts hosts;
	struct writer *writer;
	struct failed *failed; /* or NULL */
	const atomic_bool *silent; /* cancelled hosts are no news; or NULL */
	bool several; /* hosts were named in the plural */
	bool quiet;
	bool line; /* a status line is wanted, where there can be one */
};

struct report *report_open(const struct report_setup *setup);

/* For a runner; the argument is the report. */
void report_started(void *report, const struct target *target);
void report_ended(
    void *report, const struct target *target, const struct outcome *outcome);

/* Its numbers, and that they have changed. */
struct progress *report_progress(struct report *r);
void report_touch(struct report *r);

/* Prints the last line.  The writer must have been told to show no line, or
 * be stopped, before report_free. */
void report_finish(struct report *r);
void report_free(struct report *r);

#endif
