/*
 * What the end of a command comes to.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/status.h"
#include "fleet/job_internal.h"

static int
signal_by_name(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} known[] = {{"HUP", SIGHUP}, {"INT", SIGINT}, {"QUIT", SIGQUIT},
	    {"ILL", SIGILL}, {"ABRT", SIGABRT}, {"FPE", SIGFPE},
	    {"KILL", SIGKILL}, {"USR1", SIGUSR1}, {"SEGV", SIGSEGV},
	    {"USR2", SIGUSR2}, {"PIPE", SIGPIPE}, {"ALRM", SIGALRM},
	    {"TERM", SIGTERM}};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!strcmp(known[i].name, name))
			return known[i].number;
	}
	return 0;
}

/* The protocol names some signals (RFC 4254, 6.10); for all others OpenSSH's
 * server says SIG@openssh.com. */
static void
describe_signal(const char *name, struct outcome *o)
{
	if (strchr(name, '@'))
		snprintf(o->text, sizeof(o->text),
		    "killed by a signal that has no name in SSH (%s)", name);
	else
		snprintf(o->text, sizeof(o->text), "killed by SIG%s", name);
}

void
job_fill_outcome(const struct exec_result *result, struct outcome *o)
{
	o->class = FAULT_NONE;
	if (result->end == CHANNEL_SIGNALLED) {
		snprintf(
		    o->signal, sizeof(o->signal), "%s", result->signal_name);
		describe_signal(result->signal_name, o);
		o->status = STATUS_SIGNAL + signal_by_name(result->signal_name);
		return;
	}
	o->exit = o->status = result->status;
	if (result->status)
		snprintf(
		    o->text, sizeof(o->text), "exit status %d", result->status);
}
