#include "scope/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fdio.h"

static const int caught[] = {SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM,
    SIGUSR1, SIGUSR2, SIGALRM};

static int event_fd = -1;

static void
on_signal(int number, siginfo_t *info, void *context)
{
	struct signals_event event;
	int saved = errno;
	ssize_t ignored;

	(void)context;
	memset(&event, 0, sizeof(event));
	event.number = number;
	event.sent = info->si_code <= 0;
	event.sender = event.sent ? info->si_pid : 0;
	ignored = write(event_fd, &event, sizeof(event));
	(void)ignored;
	errno = saved;
}

static void
change(struct signals *s, int number, const struct sigaction *to)
{
	s->set[s->n].number = number;
	sigaction(number, to, &s->set[s->n].old);
	s->n++;
}

int
signals_open(struct signals *s)
{
	struct sigaction catch = {.sa_flags = SA_SIGINFO | SA_RESTART};
	struct sigaction ignore = {.sa_flags = 0}, old;
	int fds[2];
	size_t i;

	*s = (struct signals){.read_fd = -1, .write_fd = -1};
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		return -1;
	s->read_fd = fds[0];
	s->write_fd = event_fd = fds[1];
	sigprocmask(SIG_SETMASK, NULL, &s->mask);
	signals_block();
	catch.sa_sigaction = on_signal;
	sigfillset(&catch.sa_mask);
	for (i = 0; i < sizeof(caught) / sizeof(*caught); i++) {
		/* nohup means nohup; but the end of the child we must see */
		if (caught[i] == SIGCHLD ||
		    (!sigaction(caught[i], NULL, &old) &&
			old.sa_handler != SIG_IGN))
			change(s, caught[i], &catch);
	}
	ignore.sa_handler = SIG_IGN;
	change(s, SIGPIPE, &ignore);
	signals_unblock();
	return 0;
}

void
signals_restore(const struct signals *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		sigaction(s->set[i].number, &s->set[i].old, NULL);
	sigprocmask(SIG_SETMASK, &s->mask, NULL);
}

void
signals_close(struct signals *s)
{
	signals_block();
	signals_restore(s);
	s->read_fd = fdio_close(s->read_fd);
	s->write_fd = fdio_close(s->write_fd);
}

bool
signals_next(const struct signals *s, struct signals_event *event)
{
	return fdio_read(s->read_fd, event, sizeof(*event)) ==
	    (ssize_t)sizeof(*event);
}

void
signals_block(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
}

void
signals_unblock(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}
