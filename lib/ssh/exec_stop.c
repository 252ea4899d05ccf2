/*
 * What ends a command before it ends itself: our being asked to stop, its
 * time limit, a sudo or a connection that is silent.
 */
#include <signal.h>

#include "base/diag.h"
#include "ssh/cmdline.h"
#include "ssh/exec_internal.h"

enum {
	EXEC_KILL_MS = 5000,
	EXEC_SUDO_MS = 120000,
	EXEC_ASKED_MS = 500 /* for the protocol's own request */
};

/* A second channel on the same connection finds the command and signals it.
 * Not on a key with a command of its own, which that would start again. */
static int
send_beside(struct running *r, const char *name)
{
	struct deadline d = deadline_in(EXEC_KILL_MS, "answer", NULL);
	struct channel *k;
	struct buf line;
	struct fault ignored = {0};

	if (transport_is_forced(r->c->t))
		return -1;
	buf_init(&line, 4096);
	cmdline_kill(
	    &line, name, r->e->sudo && !r->e->sudo->direct, r->e->scratch);
	k = channel_open_session(r->c->t, EXEC_CHUNK, &d, &ignored);
	if (k) {
		(void)channel_exec(k, buf_str(&line), &d, &ignored);
		(void)channel_send_eof(k);
	}
	buf_release(&line);
	return k ? 0 : -1;
}

/* The protocol's request comes first, where the library has it and there is no
 * sudo between; whether the server heeds it only the command's end tells.
 * dropbear signals the shell alone, whose end says nothing of its children:
 * there it comes last.  Nothing can be done where neither way is there. */
static void
send_signal(struct running *r, const char *name)
{
	bool direct = !r->e->sudo || r->e->sudo->direct;
	bool last = transport_is_dropbear(r->c->t);
	bool asked = direct && !last && channel_signal(r->channel, name) == 0;

	r->asked = asked && r->stops == 0;
	if (!r->asked && send_beside(r, name) && !asked &&
	    (!last || !direct || channel_signal(r->channel, name)))
		r->helpless = true;
	r->stops++;
	r->stopped = clock_now();
	diag_verbose(1, "sent SIG%s to the command", name);
}

static const char *
signal_name(int number)
{
	switch (number) {
	case SIGINT:
		return "INT";
	case SIGHUP:
		return "HUP";
	case SIGQUIT:
		return "QUIT";
	default:
		return "TERM";
	}
}

/* What ends a command early: our being asked to, and its time limit. */
int
exec_check_stop(struct running *r, struct fault *f)
{
	const struct cancel *cancel = transport_waits(r->c->t)->cancel;
	bool asked = atomic_load(&cancel->level) >= CANCEL_GENTLE;
	int64_t now = clock_now();
	const char *name;

	if (r->e->time_limit && !exec_sudo_pending(r) &&
	    now - r->started >= r->e->time_limit)
		r->timed_out = true;
	if ((!asked || r->e->stubborn || r->e->polite) && !r->timed_out)
		return 0;
	name = asked ? signal_name(atomic_load(&cancel->signal)) : "TERM";
	if (r->stops == 0)
		send_signal(r, name);
	else if (r->asked && now - r->stopped >= EXEC_ASKED_MS) {
		r->asked = false;
		(void)send_beside(r, name);
	} else if (r->stops == 1 && now - r->stopped >= EXEC_KILL_MS)
		send_signal(r, "KILL");
	else if (r->helpless ||
	    (r->stops == 2 && now - r->stopped >= EXEC_KILL_MS)) {
		r->left = true;
		return exec_stop_fault(r, f);
	}
	return 0;
}

int
exec_check_alive(struct running *r, struct fault *f)
{
	if (exec_sudo_pending(r) && clock_now() - r->started >= EXEC_SUDO_MS)
		return exec_sudo_silent(r, EXEC_SUDO_MS / 1000, f);
	return connection_check_alive(r->c, f);
}

int
exec_stop_fault(struct running *r, struct fault *f)
{
	const char *left =
	    r->left ? ", but something of it may still run on the host" : "";

	if (r->timed_out)
		return fault_set(f, FAULT_TIMEOUT, 0,
		    "ended after %lld s (-T)%s",
		    (long long)r->e->time_limit / 1000, left);
	return fault_set(f, FAULT_CANCELLED, 0, "cancelled%s", left);
}
