#include "fleet/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { OUTLET_MEM_MAJOR = 1 }; /* null(4) and its like */

static void
open_again(struct outlet *o, int fd)
{
	char path[32];
	int again;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (again < 0)
		return;
	o->fd = again;
	o->kind = OUTLET_NONBLOCKING;
	o->ready = !o->terminal;
	o->step = OUTLET_STEP;
}

void
outlet_open(struct outlet *o, int fd, size_t max)
{
	struct stat st;

	*o = (struct outlet){.fd = fd, .step = PIPE_BUF};
	buf_init(&o->writing, max);
	o->terminal = isatty(fd);
	if (fstat(fd, &st))
		return;
	/* what never blocks, or is no terminal: /dev/null */
	if (S_ISREG(st.st_mode) || (S_ISCHR(st.st_mode) && !o->terminal))
		o->step = OUTLET_STEP;
	if (S_ISSOCK(st.st_mode)) {
		o->kind = OUTLET_SOCKET;
		o->step = OUTLET_STEP;
	}
	o->ready = o->kind == OUTLET_SOCKET ||
	    (S_ISCHR(st.st_mode) && major(st.st_rdev) == OUTLET_MEM_MAJOR);
	/* a terminal that has some room may not have enough */
	if (S_ISFIFO(st.st_mode) || o->terminal)
		open_again(o, fd);
}

void
outlet_close(struct outlet *o)
{
	if (o->kind == OUTLET_NONBLOCKING)
		close(o->fd);
	buf_release(&o->writing);
}

bool
outlet_empty(const struct outlet *o)
{
	return o->at == o->writing.len;
}

bool
outlet_at_line(const struct outlet *o)
{
	return o->at == 0 || o->writing.data[o->at - 1] == '\n';
}

static ssize_t
write_some(const struct outlet *o, const char *bytes, size_t n)
{
	if (o->kind == OUTLET_SOCKET)
		return send(o->fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	return write(o->fd, bytes, n);
}

size_t
outlet_write_now(const struct outlet *o, const char *bytes, size_t n)
{
	ssize_t done = o->ready && !o->error && n > 0 && n <= OUTLET_STEP
	    ? write_some(o, bytes, n)
	    : 0;

	return done > 0 ? (size_t)done : 0;
}

int
outlet_write(struct outlet *o)
{
	size_t left = o->writing.len - o->at;
	size_t n = left < o->step ? left : o->step;
	const char *from = buf_str(&o->writing) + o->at;
	ssize_t done;

	if (n == 0)
		return 0;
	if (o->error)
		done = (ssize_t)left;
	else
		done = write_some(o, from, n);
	if (done > 0) {
		o->at += (size_t)done;
		o->mid_line = from[done - 1] != '\n';
	}
	if (done >= 0 || errno == EAGAIN || errno == EINTR)
		return 0;
	o->error = errno;
	return -1;
}
