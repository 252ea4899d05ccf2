#include "ssh/passwordprogram.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/spawn.h"

enum {
	PROGRAM_MS = 60000, /* until it has printed a line */
	PROGRAM_END_MS = 5000 /* and until it ends after that */
};

/* The first line, byte by byte into locked memory.  1 when it is complete. */
static int
take_bytes(int fd, struct secret *to, struct fault *f)
{
	ssize_t got;
	char c;

	while ((got = fdio_read(fd, &c, 1)) == 1 && c != '\n') {
		if (secret_append(to, c))
			return fault_set(
			    f, FAULT_SYSTEM, 0, "the password is too long");
	}
	if (got < 0 && errno != EAGAIN)
		return fault_set(f, FAULT_SYSTEM, errno, "read");
	secret_wipe(&c, 1);
	return got >= 0;
}

static int
read_line(int fd, struct secret *to, const struct wait *w, struct fault *f)
{
	struct deadline d =
	    deadline_in(PROGRAM_MS, "word from the password program", NULL);
	int done = 0;

	(void)fdio_set_nonblock(fd, 1);
	while (!done) {
		struct pollfd p = {.fd = fd, .events = POLLIN};

		done = take_bytes(fd, to, f);
		if (!done && wait_poll(w, &p, 1, &d, f))
			return -1;
	}
	return done < 0 ? -1 : 0;
}

static int
end(pid_t pid, const char *path, int ret, const struct secret *to,
    struct fault *f)
{
	struct deadline d = deadline_in(PROGRAM_END_MS, path, NULL);
	struct fault ignored;
	int status;

	if (ret)
		kill(pid, SIGTERM);
	if (spawn_wait(pid, &d, &status, ret ? &ignored : f))
		return -1;
	if (ret)
		return -1;
	if (status)
		return fault_set(f, FAULT_SYSTEM, 0, "exit status %d", status);
	if (secret_len(to) == 0)
		return fault_set(f, FAULT_SYSTEM, 0, "it printed no password");
	return 0;
}

int
passwordprogram_run(const char *path, const struct settings *s,
    struct secret *to, const struct wait *w, struct fault *f)
{
	const char *const argv[] = {path, s->user, s->host, NULL};
	int ends[2], fds[3] = {-1, -1, STDERR_FILENO}, ret;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return fault_set(f, FAULT_SYSTEM, errno, "pipe");
	fds[1] = ends[1];
	ret = spawn_start(&pid, argv, fds, f);
	fdio_close(ends[1]);
	if (!ret) {
		ret = read_line(ends[0], to, w, f);
		ret = end(pid, path, ret, to, f);
		if (ret && f->class != FAULT_CANCELLED)
			fault_prefix(f, "password program %s", path);
	}
	fdio_close(ends[0]);
	return ret;
}
