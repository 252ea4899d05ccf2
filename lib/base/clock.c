#include "base/clock.h"

#include <limits.h>
#include <time.h>

int64_t
clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
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
