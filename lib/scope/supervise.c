#include "scope/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "scope/deathsig.h"
#include "scope/descriptors.h"
#include "scope/signals.h"

enum { NOT_FOUND = 127, NOT_EXECUTABLE = 126, NOT_RELEASED = 125 };

struct supervise {
	struct signals signals;
	pid_t child; /* 0: none, or waited for */
	int status; /* of the child, when it has ended */
	int channel; /* to the held child; what exec said comes back */
	int terminal; /* -1: none */
	bool stopped; /* the child is, as far as we have been told */
};

void
supervise_open_standard(void)
{
	bool closed[3];
	int fd;

	for (fd = 0; fd < 3; fd++)
		closed[fd] = fcntl(fd, F_GETFD) < 0;
	if (!closed[0] && !closed[1] && !closed[2])
		return;
	fdio_open_standard();
	for (fd = 0; fd < 3; fd++)
		if (closed[fd])
			fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static void
set_environment(const struct supervise_settings *set)
{
	size_t i;

	for (i = 0; set->unset && set->unset[i]; i++)
		unsetenv(set->unset[i]);
	for (i = 0; set->env && set->env[i]; i++) {
		char *name = mem_strdup(set->env[i]);
		char *equals = strchr(name, '=');

		if (equals) {
			*equals = '\0';
			setenv(name, equals + 1, 1);
		}
		mem_free(name);
	}
}

/* The child: held until a byte comes; the end of the channel without one is
 * the end of our parent. */
static _Noreturn void
run_child(struct supervise *s, const struct supervise_settings *set,
    int channel, pid_t parent)
{
	char go;
	size_t i;
	int error;

	close(s->channel);
	for (i = 0; i < set->held_count; i++)
		close(set->held[i]);
	deathsig_set(SIGTERM);
	if (getppid() != parent)
		_exit(NOT_RELEASED);
	set_environment(set);
	signals_restore(&s->signals);
	send(channel, "", 1, MSG_NOSIGNAL);
	if (fdio_read(channel, &go, 1) != 1)
		_exit(NOT_RELEASED);
	execvp(set->argv[0], set->argv);
	error = errno;
	send(channel, &error, sizeof(error), MSG_NOSIGNAL);
	_exit(error == ENOENT ? NOT_FOUND : NOT_EXECUTABLE);
}

static int
fork_child(struct supervise *s, const struct supervise_settings *set)
{
	int ends[2];
	pid_t parent = getpid();

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return -1;
	s->channel = ends[0];
	/* no handler of ours may run in the child */
	signals_block();
	s->child = fork();
	if (s->child == 0)
		run_child(s, set, ends[1], parent);
	signals_unblock();
	close(ends[1]);
	if (s->child < 0) {
		s->child = 0;
		return -1;
	}
	return 0;
}

struct supervise *
supervise_hold(const struct supervise_settings *set, struct fault *f)
{
	struct supervise *s = mem_alloc(1, sizeof(*s));

	s->channel = s->terminal = -1;
	if (signals_open(&s->signals)) {
		fault_set(f, FAULT_SYSTEM, errno, "pipe");
		mem_free(s);
		return NULL;
	}
	s->terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (set->argv[0] && fork_child(s, set)) {
		fault_set(f, FAULT_SYSTEM, errno, "fork");
		supervise_free(s);
		return NULL;
	}
	return s;
}

void
supervise_let_go(const struct supervise *s, const int *ours, size_t n)
{
	int *keep = mem_alloc(n + 4, sizeof(*keep));

	memcpy(keep, ours, n * sizeof(*keep));
	keep[n++] = s->signals.read_fd;
	keep[n++] = s->signals.write_fd;
	keep[n++] = s->channel;
	keep[n++] = s->terminal;
	descriptors_keep(keep, n);
	mem_free(keep);
}

pid_t
supervise_pid(const struct supervise *s)
{
	return s->child;
}

/* Lets the child go, but not before it has asked for the signal of our death:
 * we might die in between.  errno of its exec, or 0. */
static int
release(struct supervise *s)
{
	int error = 0;
	char ready;

	fdio_read(s->channel, &ready, 1);
	send(s->channel, "", 1, MSG_NOSIGNAL);
	if (fdio_read(s->channel, &error, sizeof(error)) != sizeof(error))
		error = 0;
	s->channel = fdio_close(s->channel);
	return error;
}

/* Continues a child that is stopped; one that runs may have a handler for
 * SIGCONT, and has had its own from the shell. */
static void
continue_child(struct supervise *s)
{
	siginfo_t info = {.si_pid = 0};

	waitid(P_PID, (id_t)s->child, &info, WSTOPPED | WNOHANG | WNOWAIT);
	if (s->stopped || info.si_pid)
		kill(s->child, SIGCONT);
}

/* Stops us with a command that was stopped, so that the shell whose
 * foreground job we are has its terminal back.  Elsewhere (cpulimit, a debugger)
 * nobody would continue us. */
static void
stop_with_child(struct supervise *s)
{
	if (s->terminal < 0 || tcgetpgrp(s->terminal) != getpgrp())
		return;
	raise(SIGSTOP);
	continue_child(s);
}

/* What there is to learn of children; others than ours are those of whoever
 * was this process before, and, for process 1, all that lost their parents. */
static pid_t
next_child(int *status)
{
	pid_t pid;

	do
		pid = waitpid(-1, status, WNOHANG | WUNTRACED | WCONTINUED);
	while (pid < 0 && errno == EINTR);
	return pid;
}

/* true when the child has ended. */
static bool
look_at_child(struct supervise *s)
{
	int status;
	pid_t pid;

	while ((pid = next_child(&status)) > 0) {
		if (pid != s->child)
			continue;
		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			s->child = 0;
			s->status = status;
			return true;
		}
		s->stopped = WIFSTOPPED(status);
		if (s->stopped)
			stop_with_child(s);
	}
	if (pid < 0) {
		s->child = 0;
		s->status = NOT_RELEASED << 8;
	}
	return pid < 0;
}

/* Passes a signal on.  Those of the terminal, and of the command itself, the
 * command has had. */
static void
pass_on(struct supervise *s, const struct signals_event *event)
{
	if (event->number == SIGCONT)
		continue_child(s);
	else if (event->number != SIGCHLD && event->sent &&
	    event->sender != s->child)
		kill(s->child, event->number);
}

static void
await_signal(struct supervise *s)
{
	struct pollfd fd = {.fd = s->signals.read_fd, .events = POLLIN};

	poll(&fd, 1, -1);
}

static bool
would_end_us(int number)
{
	return number != SIGCHLD && number != SIGCONT;
}

static struct supervise_end
wait_for_signal(struct supervise *s)
{
	struct signals_event event;
	int status;

	for (;;) {
		while (signals_next(&s->signals, &event))
			if (would_end_us(event.number))
				return (struct supervise_end){
				    SUPERVISE_SIGNALLED, event.number};
		while (next_child(&status) > 0)
			continue;
		await_signal(s);
	}
}

static void
wait_for_child(struct supervise *s)
{
	struct signals_event event;

	for (;;) {
		while (signals_next(&s->signals, &event))
			pass_on(s, &event);
		if (look_at_child(s))
			return;
		await_signal(s);
	}
}

struct supervise_end
supervise_run(struct supervise *s)
{
	int error;

	if (!s->child)
		return wait_for_signal(s);
	error = release(s);
	wait_for_child(s);
	if (error)
		return (struct supervise_end){SUPERVISE_NOT_STARTED, error};
	if (WIFSIGNALED(s->status))
		return (struct supervise_end){
		    SUPERVISE_SIGNALLED, WTERMSIG(s->status)};
	return (struct supervise_end){SUPERVISE_EXITED, WEXITSTATUS(s->status)};
}

void
supervise_linger(struct supervise *s, int fd, int milliseconds)
{
	struct deadline d = deadline_in(milliseconds, "downloads", "--linger");
	struct pollfd fds[2] = {
	    {.fd = fd, .events = POLLIN},
	    {.fd = s->signals.read_fd, .events = POLLIN},
	};
	struct signals_event event;

	while (deadline_left(&d)) {
		while (signals_next(&s->signals, &event))
			if (would_end_us(event.number))
				return;
		fds[0].revents = 0;
		poll(fds, 2, deadline_left(&d));
		if (fds[0].revents)
			return;
	}
}

void
supervise_free(struct supervise *s)
{
	if (!s)
		return;
	fdio_close(s->channel);
	/* a child that is still held sees the end of its channel */
	while (s->child && waitpid(s->child, NULL, 0) < 0 && errno == EINTR)
		continue;
	fdio_close(s->terminal);
	signals_close(&s->signals);
	mem_free(s);
}
