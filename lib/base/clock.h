/*
 * Time as the waits use it: milliseconds of a clock that never jumps, and
 * deadlines that carry their name, so that a message can say which one it
 * was and which option changes it.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds of CLOCK_MONOTONIC: it stands still while the machine sleeps,
 * and while the process is watched and stopped, so that no deadline passes
 * between a ^Z and fg.  Never falls. */
int64_t clock_now(void);

/* The process is watched from the first tick, of which there must be one
 * every CLOCK_TICK_MS, until the end of it: where they fail to come for much
 * longer, it did not run. */
enum { CLOCK_TICK_MS = 1000 };
void clock_tick(void);
void clock_unwatch(void);

struct deadline {
	int64_t at; /* clock_now() at which it has passed; -1: never */
	int64_t span; /* milliseconds that it allowed, for messages */
	const char *name; /* what was awaited: "the host's banner" */
	const char *option; /* what changes it: "-o ConnectTimeout", or NULL */
};

/* A deadline span milliseconds from now; a span below 0 never passes.  name
 * and option are borrowed, and are string constants in practice. */
struct deadline deadline_in(int64_t span, const char *name, const char *option);

/* Milliseconds left for poll(2): 0 when passed, -1 when it never will. */
int deadline_left(const struct deadline *d);

#endif
