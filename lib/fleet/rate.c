#include "fleet/rate.h"

enum {
	RATE_SLICE_MS = 100, /* what may gather while nobody asks */
	RATE_PIECE = 4096 /* less than this, or the slice, is not worth it */
};

void
rate_init(struct rate *r, uint64_t limit)
{
	*r = (struct rate){.limit = limit};
	pthread_mutex_init(&r->lock, NULL);
}

void
rate_release(struct rate *r)
{
	pthread_mutex_destroy(&r->lock);
}

static uint64_t
slice(const struct rate *r)
{
	uint64_t n = r->limit * RATE_SLICE_MS / 1000;

	return n ? n : 1;
}

/* With the lock held. */
static void
fill(struct rate *r, int64_t now)
{
	uint64_t passed = (uint64_t)(now - r->filled);
	uint64_t more;

	if (!r->filled || passed >= RATE_SLICE_MS) {
		more = slice(r);
		r->filled = now;
	} else {
		more = r->limit * passed / 1000;
		/* what is lost by rounding waits for its time */
		if (more)
			r->filled = now;
	}
	r->have = r->have + more < slice(r) ? r->have + more : slice(r);
}

size_t
rate_take(struct rate *r, size_t n, int64_t now)
{
	uint64_t least;

	if (!r->limit)
		return n;
	pthread_mutex_lock(&r->lock);
	fill(r, now);
	least = slice(r) < RATE_PIECE ? slice(r) : RATE_PIECE;
	if (r->have < n && r->have < least)
		n = 0;
	else if (n > r->have)
		n = (size_t)r->have;
	r->have -= n;
	pthread_mutex_unlock(&r->lock);
	return n;
}
