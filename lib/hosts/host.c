#include "hosts/host.h"

#include <string.h>

void
host_print(struct buf *to, const struct host *h)
{
	bool is_ipv6 = strchr(h->name, ':') != NULL;

	if (h->user)
		buf_printf(to, "%s@", h->user);
	if (is_ipv6)
		buf_putc(to, '[');
	buf_puts(to, h->name);
	if (is_ipv6)
		buf_putc(to, ']');
	if (h->port)
		buf_printf(to, ":%d", h->port);
}

static bool
same_text(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	return a == b || !strcmp(a, b);
}

bool
host_equal(const struct host *a, const struct host *b)
{
	return a->port == b->port && !strcmp(a->name, b->name) &&
	    same_text(a->user, b->user);
}
