/*
 * A command that has ended, while something that it left behind holds its
 * output open.  What the command itself wrote must all come: so the output is
 * given up only when nothing keeps it back (our window is open, our reader is
 * ready), and the server has answered two keep-alives, a second or two apart, without
 * a byte of output before or between them.
 */
#include "base/diag.h"
#include "ssh/exec_internal.h"

enum { LINGER_APART_MS = 1000, LINGER_ANSWER_MS = 3000 };

static void
probe(struct running *r)
{
	struct linger *l = &r->linger;

	if (!transport_keepalive(r->c->t, 0))
		return;
	l->probes++;
	l->at = clock_now();
	l->output = r->output;
	l->received = transport_received(r->c->t);
}

bool
exec_linger(struct running *r, bool ended)
{
	struct linger *l = &r->linger;
	const struct exec_io *io = r->e->io;
	int64_t since = clock_now() - l->at;
	bool answered = transport_received(r->c->t) != l->received;

	if (!ended || r->stops || !io->room(io->arg, CHANNEL_STDOUT) ||
	    !io->room(io->arg, CHANNEL_STDERR) ||
	    !channel_window_open(r->channel) ||
	    (l->probes && r->output != l->output) ||
	    (l->probes && !answered && since >= LINGER_ANSWER_MS))
		l->probes = 0;
	if (!ended || r->stops)
		return false;
	if (l->probes == 2 && answered) {
		diag_note("%s: output was given up: the command has ended, "
			  "something that it left behind holds it open",
		    r->c->settings->host);
		return true;
	}
	if (l->probes == 0 ||
	    (l->probes == 1 && answered && since >= LINGER_APART_MS))
		probe(r);
	return false;
}
