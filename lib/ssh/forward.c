#include "ssh/forward.h"

#include "ssh/forward_internal.h"

int
forward_port(const struct forward *w)
{
	return w->port;
}

bool
forward_pump(struct forward *w)
{
	bool moved = w->ops->accept(w);

	return relay_set_pump(&w->relays) || moved;
}

size_t
forward_pollfds(const struct forward *w, struct pollfd *fds, size_t max)
{
	size_t n = w->ops->pollfds ? w->ops->pollfds(w, fds, max) : 0;

	return n + relay_set_pollfds(&w->relays, fds + n, max - n);
}

size_t
forward_count(const struct forward *w)
{
	return w->relays.n;
}

void
forward_free(struct forward *w)
{
	if (!w)
		return;
	relay_set_release(&w->relays);
	w->ops->free(w);
}
