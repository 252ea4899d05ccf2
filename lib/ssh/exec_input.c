/*
 * A command's input: first its preamble, then what io has.
 */
#include "ssh/exec_internal.h"

/* A terminal has no other end of input than what is typed there: twice within
 * a line, once at its beginning. */
static void
end_input(struct running *r)
{
	r->input_ended = true;
	if (!r->e->terminal || !r->e->terminal->types_end)
		return;
	r->in[0] = r->in[1] = EXEC_KEY_EOF;
	r->in_len = r->line_begun ? 2 : 1;
}

static void
fill_input(struct running *r)
{
	ssize_t n = 0;

	if (r->e->io->input)
		n = r->e->io->input(r->e->io->arg, r->in, EXEC_CHUNK);
	r->input_waits = n < 0;
	r->in_at = 0;
	r->in_len = n > 0 ? (size_t)n : 0;
	if (n == 0)
		end_input(r);
}

static bool
drain_input(struct running *r)
{
	ssize_t n =
	    channel_write(r->channel, r->in + r->in_at, r->in_len - r->in_at);

	r->input_blocked = n == CHANNEL_AGAIN;
	if (n > 0) {
		r->in_at += (size_t)n;
		r->line_begun = r->in[r->in_at - 1] != '\n';
	}
	/* nobody reads any more: that is no error of ours */
	if (n == CHANNEL_BROKEN) {
		r->in_at = r->in_len;
		r->input_ended = true;
	}
	return n != CHANNEL_AGAIN;
}

/* Whether some of the preamble went; *done when none is left. */
static bool
pump_preamble(struct running *r, bool *done)
{
	size_t left = r->e->n_preamble - r->preamble_at;
	ssize_t n;

	*done = left == 0;
	if (*done)
		return false;
	n = channel_write(r->channel, r->e->preamble + r->preamble_at, left);
	if (n > 0)
		r->preamble_at += (size_t)n;
	else if (n == CHANNEL_BROKEN)
		r->preamble_at = r->e->n_preamble;
	return n != CHANNEL_AGAIN;
}

bool
exec_pump_input(struct running *r)
{
	bool begun;

	if (r->broken)
		return false;
	if (pump_preamble(r, &begun))
		return true;
	if (!begun || exec_sudo_pending(r))
		return false;
	if (r->in_at == r->in_len && !r->input_ended)
		fill_input(r);
	if (r->in_at < r->in_len)
		return drain_input(r);
	if (r->input_ended)
		(void)channel_send_eof(r->channel);
	return false;
}
