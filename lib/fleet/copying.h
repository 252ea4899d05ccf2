/*
 * What a program that copies has besides one that runs commands: the sources,
 * which are looked up once, what was copied where, and who wants to know.
 */
#ifndef FLEET_COPYING_H
#define FLEET_COPYING_H

#include "fleet/options.h"
#include "fleet/report.h"
#include "fleet/sink.h"
#include "fleet/target.h"
#include "hosts/sshconfig.h"

struct copying;

/* Looks at the sources of a put; with get, whether two hosts would write to
 * the same place.  NULL with a fault. */
struct copying *copying_open(const struct fleet_options *o,
    struct password *password, bool get, const struct sshconfig *config,
    struct fault *f);

/* Where output goes: what is got to standard output, or counts as JSON. */
struct sink *copying_sink(struct copying *c, struct writer *w,
    const struct sink_hosts *hosts, struct fault *f);

/* Before the hosts: who is told of bytes. */
void copying_report(struct copying *c, struct report *report);

/* For a runner; the argument is the copying. */
void copying_run(
    void *copying, const struct target *target, struct outcome *outcome);

/* After them: whether all of standard input went out; writes what --changed asks for.  -1 with a fault. */
int copying_finish(struct copying *c, struct fault *f);

/* NULL is allowed. */
void copying_free(struct copying *c);

#endif
