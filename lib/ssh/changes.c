#include "ssh/changes.h"

#include <stddef.h>

struct waiter {
	struct wake *wake;
	struct waiter *next;
};

static void
leave(struct changes *all, const struct waiter *self)
{
	struct waiter **at = &all->first;

	while (*at != self)
		at = &(*at)->next;
	*at = self->next;
}

int
changes_await(struct changes *all, pthread_mutex_t *lock, const struct wait *w,
    struct fault *f)
{
	struct deadline d = deadline_in(-1, "verdict", NULL);
	struct waiter self = {.wake = w->wake, .next = all->first};
	int ret;

	/* cppcheck-suppress autoVariables ; taken out again below */
	all->first = &self;
	pthread_mutex_unlock(lock);
	ret = wait_poll(w, NULL, 0, &d, f);
	pthread_mutex_lock(lock);
	leave(all, &self);
	return ret;
}

void
changes_tell(const struct changes *all)
{
	const struct waiter *waiter;

	for (waiter = all->first; waiter; waiter = waiter->next)
		wake_notify(waiter->wake);
}
