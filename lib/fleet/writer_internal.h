/*
 * A writer, as the parts of it see it: writer.c has the streams,
 * writer_line.c the status line.
 */
#ifndef FLEET_WRITER_INTERNAL_H
#define FLEET_WRITER_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "fleet/outlet.h"
#include "fleet/statusline.h"
#include "fleet/waiters.h"
#include "fleet/writer.h"

enum {
	WRITER_FIRST_MS = 300, /* until the status line comes */
	WRITER_SOON_MS = 100, /* between two that differ */
	WRITER_LINE_MS = 1000 /* and at the latest: the clock has moved */
};

struct stream {
	struct outlet out; /* the writer's own */
	struct buf queue; /* handed over, under the lock */
	bool idle; /* all was written; under the lock */
	struct waiters waiters; /* for room, or for the end */
};

struct writer {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t written; /* a stream has become idle */
	struct wake wake;
	struct stream streams[WRITER_STREAMS];
	bool shared; /* both go to the same place */
	bool stopping, dropping;
	const struct statusline *line; /* under the lock; or NULL */
	int64_t drawn; /* when; the writer's own */
	atomic_bool changed; /* what it says */
	void (*failed)(void *arg);
	void *arg;
};

/* Draws the status line when it is time.  Returns how long to wait until the
 * next, in milliseconds, or -1. */
int writer_update_line(struct writer *w);

/* No signal draws it any more. */
void writer_forget_line(void);

#endif
