#include "fleet/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum { INTERRUPT_PATIENCE_S = 1 };

static struct interrupt *handled;

void
interrupt_raise(struct interrupt *i, enum cancel_level level, int signal)
{
	int none = 0;

	atomic_compare_exchange_strong(&i->cancel.signal, &none, signal);
	if (atomic_load(&i->cancel.level) < (int)level)
		atomic_store(&i->cancel.level, (int)level);
	wake_notify(&i->wake);
}

/* The first asks to stop, the second wants it at once, and one that finds us
 * still there two seconds later ends us: we may hang in a file of a server that is
 * gone. */
static void
handle(int number)
{
	/* handlers do not interrupt each other; clock_now() may lock */
	static struct timespec hard;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	switch (atomic_load(&handled->cancel.level)) {
	case CANCEL_NONE:
		interrupt_raise(handled, CANCEL_GENTLE, number);
		break;
	case CANCEL_GENTLE:
		hard = now;
		interrupt_raise(handled, CANCEL_HARD, number);
		break;
	default:
		if (hard.tv_sec == 0)
			hard = now;
		if (now.tv_sec - hard.tv_sec <= INTERRUPT_PATIENCE_S)
			break;
		signal(number, SIG_DFL);
		(void)kill(getpid(), number);
	}
}

static void
catch_signal(int number)
{
	struct sigaction before, action = {.sa_handler = handle};

	sigaction(number, NULL, &before);
	if (before.sa_handler == SIG_IGN)
		return;
	sigfillset(&action.sa_mask);
	action.sa_flags = SA_RESTART;
	sigaction(number, &action, NULL);
}

int
interrupt_open(struct interrupt *i, struct fault *f)
{
	*i = (struct interrupt){0};
	if (wake_open(&i->wake))
		return fault_set(f, FAULT_SYSTEM, errno, "pipe");
	handled = i;
	catch_signal(SIGINT);
	catch_signal(SIGTERM);
	catch_signal(SIGHUP);
	signal(SIGPIPE, SIG_IGN);
	return 0;
}

struct wait
interrupt_wait(struct interrupt *i)
{
	return (struct wait){.cancel = &i->cancel, .wake = &i->wake};
}
