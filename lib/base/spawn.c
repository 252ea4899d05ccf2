#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fdio.h"

extern char **environ;

/* The child's descriptors; dup2 clears close-on-exec, and one that already
 * has its number keeps it, so it goes over itself through a copy. */
static int
set_descriptors(posix_spawn_file_actions_t *actions, const int fds[3])
{
	int i, error = 0;

	for (i = 0; i < 3 && !error; i++) {
		if (fds[i] < 0)
			error = posix_spawn_file_actions_addopen(
			    actions, i, "/dev/null", O_RDWR, 0);
		else
			error = posix_spawn_file_actions_adddup2(
			    actions, fds[i], i);
	}
	return error;
}

static int
set_signals(posix_spawnattr_t *attr, bool own_group)
{
	short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
	sigset_t none, all;

	sigemptyset(&none);
	sigemptyset(&all);
	sigaddset(&all, SIGPIPE);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setsigdefault(attr, &all);
	if (own_group)
		flags |= POSIX_SPAWN_SETPGROUP;
	return posix_spawnattr_setflags(attr, flags);
}

static int
start(pid_t *pid, const char *const *argv, const int fds[3], bool own_group,
    struct fault *f)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int error;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	error = set_descriptors(&actions, fds);
	if (!error)
		error = set_signals(&attr, own_group);
	if (!error)
		error = posix_spawnp(pid, argv[0], &actions, &attr,
		    (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	if (error)
		return fault_set(f, FAULT_SYSTEM, error, "%s", argv[0]);
	return 0;
}

int
spawn_start(
    pid_t *pid, const char *const *argv, const int fds[3], struct fault *f)
{
	return start(pid, argv, fds, false, f);
}

/* Whether the child ended before the deadline; where the kernel has no
 * descriptor for processes (before Linux 5.3), nothing bounds the wait. */
static int
wait_for_end(pid_t pid, const struct deadline *d)
{
#ifdef SYS_pidfd_open
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd pfd = {.fd = fd, .events = POLLIN};
	int ready = 1;

	while (fd >= 0) {
		ready = poll(&pfd, 1, deadline_left(d));
		if (ready >= 0 || errno != EINTR)
			break;
	}
	fdio_close(fd);
	return ready;
#else
	(void)pid;
	(void)d;
	return 1;
#endif
}

static int
fail_late(const struct deadline *d, struct fault *f)
{
	return fault_set(f, FAULT_TIMEOUT, 0, "no end of %s in %lld s", d->name,
	    (long long)d->span / 1000);
}

/* victim is what is killed when the deadline passes: the child, or its
 * group. */
static int
wait_or_kill(pid_t pid, pid_t victim, const struct deadline *d, int *status,
    struct fault *f)
{
	int ended = wait_for_end(pid, d), raw = 0;

	if (ended <= 0)
		kill(victim, SIGKILL);
	while (waitpid(pid, &raw, 0) < 0)
		if (errno != EINTR)
			return fault_set(f, FAULT_SYSTEM, errno, "waitpid");
	if (ended <= 0)
		return fail_late(d, f);
	*status = WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
	return 0;
}

int
spawn_wait(pid_t pid, const struct deadline *d, int *status, struct fault *f)
{
	return wait_or_kill(pid, pid, d, status, f);
}

/* All that comes until the end; -1 too when the deadline passes before. */
static int
read_until(int fd, struct buf *out, const struct deadline *d, struct fault *f)
{
	struct pollfd pfd = {.fd = fd, .events = POLLIN};
	char chunk[4096];
	ssize_t got;
	int ready;

	for (;;) {
		ready = poll(&pfd, 1, deadline_left(d));
		if (ready == 0)
			return fail_late(d, f);
		if (ready < 0 && errno == EINTR)
			continue;
		got = fdio_read(fd, chunk, sizeof(chunk));
		if (got == 0)
			return 0;
		if (got < 0)
			return fault_set(f, FAULT_SYSTEM, errno, "read");
		if (buf_append(out, chunk, (size_t)got))
			return fault_set(f, FAULT_SYSTEM, 0, "too much output");
	}
}

int
spawn_capture(const char *const *argv, struct buf *out,
    const struct deadline *d, int *status, struct fault *f)
{
	int ends[2], fds[3], ret;
	struct fault ignored;
	pid_t pid = -1;

	if (pipe2(ends, O_CLOEXEC))
		return fault_set(f, FAULT_SYSTEM, errno, "pipe");
	fds[0] = -1;
	fds[1] = ends[1];
	fds[2] = STDERR_FILENO;
	ret = start(&pid, argv, fds, true, f);
	fdio_close(ends[1]);
	if (!ret) {
		ret = read_until(ends[0], out, d, f);
		if (ret < 0)
			kill(-pid, SIGKILL);
		ret = wait_or_kill(
			  pid, -pid, d, status, ret < 0 ? &ignored : f) ||
			ret
		    ? -1
		    : 0;
	}
	fdio_close(ends[0]);
	return ret;
}
