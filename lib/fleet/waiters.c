#include "fleet/waiters.h"

#include "base/mem.h"

/* Where it is, or the number of all. */
static size_t
find(const struct waiters *w, const struct wake *wake)
{
	size_t i;

	for (i = 0; i < w->n; i++) {
		if (w->wakes[i] == wake)
			break;
	}
	return i;
}

void
waiters_notify(struct waiters *w)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		wake_notify(w->wakes[i]);
	w->n = 0;
}

void
waiters_add(struct waiters *w, struct wake *wake)
{
	if (find(w, wake) < w->n)
		return;
	if (w->n == w->max) {
		w->max = w->max ? 2 * w->max : 16;
		w->wakes = mem_realloc(w->wakes, w->max * sizeof(*w->wakes));
	}
	w->wakes[w->n++] = wake;
}

void
waiters_remove(struct waiters *w, const struct wake *wake)
{
	size_t at = find(w, wake);

	if (at < w->n)
		w->wakes[at] = w->wakes[--w->n];
}

void
waiters_release(struct waiters *w)
{
	mem_free(w->wakes);
	*w = (struct waiters){0};
}
