/*
 * A terminal for a command.
 */
#include "ssh/exec_internal.h"

enum { TERMINAL_COLUMNS = 80, TERMINAL_ROWS = 24 };

int
exec_terminal_request(
    struct running *r, const struct deadline *d, struct fault *f)
{
	const struct exec_terminal *e = r->e->terminal;
	struct exec_size size = {TERMINAL_COLUMNS, TERMINAL_ROWS};
	struct channel_terminal t;

	if (!e)
		return 0;
	if (e->size)
		(void)e->size(e->arg, &size);
	t = (struct channel_terminal){.name = e->name,
	    .modes = e->modes,
	    .n_modes = e->n_modes,
	    .columns = size.columns,
	    .rows = size.rows};
	return channel_request_terminal(r->channel, &t, d, f);
}

void
exec_terminal_pump(struct running *r)
{
	const struct exec_terminal *e = r->e->terminal;
	struct exec_size size;

	if (e && e->size && e->size(e->arg, &size))
		channel_resize(r->channel, size.columns, size.rows);
}
