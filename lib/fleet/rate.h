/*
 * At most so many bytes a second, all hosts together.
 */
#ifndef FLEET_RATE_H
#define FLEET_RATE_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RATE_TICK_MS = 50 /* how often to ask again */
};

struct rate {
	pthread_mutex_t lock;
	uint64_t limit; /* bytes a second; 0: none */
	uint64_t have; /* that may move now */
	int64_t filled; /* clock_now() at which that was so */
};

void rate_init(struct rate *r, uint64_t limit);
void rate_release(struct rate *r);

/* Of n bytes, how many may move at this time (clock_now()): they count as
 * moved. */
size_t rate_take(struct rate *r, size_t n, int64_t now);

#endif
