#include "base/clock.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum { CLOCK_GAP_MS = 3 * CLOCK_TICK_MS };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int64_t last_tick; /* 0: not watched */
static _Atomic int64_t skipped; /* what the process slept through */

static int64_t
system_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Whoever runs first after a gap takes it out; what was skipped is stored
 * before the tick that says so, for those who look without the lock. */
static void
skip_gap(int64_t now)
{
	int64_t last;

	pthread_mutex_lock(&lock);
	last = atomic_load(&last_tick);
	if (last && now - last > CLOCK_GAP_MS) {
		atomic_fetch_add(&skipped, now - last - CLOCK_TICK_MS);
		atomic_store(&last_tick, now);
	}
	pthread_mutex_unlock(&lock);
}

int64_t
clock_now(void)
{
	int64_t now = system_now(), last = atomic_load(&last_tick);

	if (last && now - last > CLOCK_GAP_MS)
		skip_gap(now);
	return now - atomic_load(&skipped);
}

void
clock_tick(void)
{
	(void)clock_now();
	pthread_mutex_lock(&lock);
	atomic_store(&last_tick, system_now());
	pthread_mutex_unlock(&lock);
}

void
clock_unwatch(void)
{
	pthread_mutex_lock(&lock);
	atomic_store(&last_tick, 0);
	pthread_mutex_unlock(&lock);
}

struct deadline
deadline_in(int64_t span, const char *name, const char *option)
{
	return (struct deadline){
	    .at = span < 0 ? -1 : clock_now() + span,
	    .span = span,
	    .name = name,
	    .option = option,
	};
}

int
deadline_left(const struct deadline *d)
{
	int64_t left;

	if (d->at < 0)
		return -1;
	left = d->at - clock_now();
	if (left <= 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}
