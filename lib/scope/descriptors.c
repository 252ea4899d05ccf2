#include "scope/descriptors.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

enum {
	LOOP_MAX = 65536 /* where each has to be closed by itself */
};

static void
close_one_by_one(unsigned first, unsigned last)
{
	struct rlimit files;
	unsigned limit = LOOP_MAX;

	if (!getrlimit(RLIMIT_NOFILE, &files) && files.rlim_cur < LOOP_MAX)
		limit = (unsigned)files.rlim_cur;
	for (; first <= last && first < limit; first++)
		close((int)first);
}

/* Linux 5.9 has a call for it. */
static void
close_between(unsigned first, unsigned last)
{
	if (first <= last && syscall(SYS_close_range, first, last, 0U))
		close_one_by_one(first, last);
}

static int
compare(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

void
descriptors_keep(int *keep, size_t n)
{
	unsigned next = STDERR_FILENO + 1;
	int null = open("/dev/null", O_RDWR | O_NOCTTY);
	size_t i;

	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
	}
	qsort(keep, n, sizeof(*keep), compare);
	for (i = 0; i < n; i++) {
		if (keep[i] < (int)next)
			continue;
		close_between(next, (unsigned)keep[i] - 1);
		next = (unsigned)keep[i] + 1;
	}
	close_between(next, UINT_MAX);
}
