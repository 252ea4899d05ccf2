#include "ssh/wait.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/mem.h"

enum {
	WAIT_INLINE = 16 /* descriptors for which no memory is taken */
};

int
wait_cancelled(const struct wait *w, struct fault *f)
{
	if (atomic_load(&w->cancel->level) > (int)w->patience)
		return fault_set(f, FAULT_CANCELLED, 0, "cancelled");
	return 0;
}

static int
wait_expired(const struct deadline *d, struct fault *f)
{
	long long s = d->span / 1000;
	long long ms = d->span % 1000;

	if (!d->name)
		return 0;
	if (d->option)
		return fault_set(f, FAULT_CONNECT, 0,
		    "no %s in %lld%s s (%s changes this)", d->name, s,
		    ms >= 500 ? ".5" : "", d->option);
	return fault_set(f, FAULT_CONNECT, 0, "no %s in %lld%s s", d->name, s,
	    ms >= 500 ? ".5" : "");
}

/* How long to poll, in milliseconds; -1 for ever. */
static int
poll_time(const struct wait *w, const struct deadline *d)
{
	int left = deadline_left(d);

	if (!w->meanwhile)
		return left;
	w->meanwhile(w->arg);
	return left < 0 || left > WAIT_MEANWHILE_MS ? WAIT_MEANWHILE_MS : left;
}

static int
wait_all(const struct wait *w, struct pollfd *all, nfds_t n,
    const struct deadline *d, struct fault *f)
{
	int ready;

	/* there may always be something to read, and never what is awaited */
	if (d->name && deadline_left(d) == 0)
		return wait_expired(d, f);
	/* a time that we were stopped for does not count: poll may be early */
	do {
		if (wait_cancelled(w, f))
			return -1;
		ready = poll(all, n + 1, poll_time(w, d));
	} while ((ready < 0 && errno == EINTR) ||
	    (ready == 0 && deadline_left(d) != 0));
	if (ready < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "poll");
	if (ready == 0)
		return wait_expired(d, f);
	if (all[n].revents) {
		wake_drain(w->wake);
		return wait_cancelled(w, f);
	}
	return 0;
}

int
wait_poll(const struct wait *w, struct pollfd *fds, nfds_t n,
    const struct deadline *d, struct fault *f)
{
	struct pollfd few[WAIT_INLINE + 1];
	struct pollfd *all = few;
	int ret;

	if (n > WAIT_INLINE)
		all = mem_alloc(n + 1, sizeof(*all));
	if (n)
		memcpy(all, fds, n * sizeof(*all));
	all[n] = (struct pollfd){.fd = w->wake->read_fd, .events = POLLIN};
	ret = wait_all(w, all, n, d, f);
	if (n)
		memcpy(fds, all, n * sizeof(*all));
	if (all != few)
		mem_free(all);
	return ret;
}
