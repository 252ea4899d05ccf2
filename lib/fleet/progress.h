/*
 * How far a run has come, as numbers and as the text of the status line:
 * `12 of 200 done, 64 running, 1 failed, 0:07`, and for copies also bytes,
 * rate and the time left.
 */
#ifndef FLEET_PROGRESS_H
#define FLEET_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct progress;

/* colour: failures stand out. */
struct progress *progress_new(size_t hosts, bool colour);
void progress_free(struct progress *p);

/* By any thread, as it happens. */
void progress_started(struct progress *p);
void progress_ended(struct progress *p, bool failed);
/* Bytes that will come, or below 0, that will not. */
void progress_expect(struct progress *p, int64_t bytes);
void progress_moved(struct progress *p, uint64_t bytes); /* that went */

/* Appends the text, in at most columns columns.  For struct statusline. */
void progress_draw(void *progress, size_t columns, struct buf *to);

#endif
