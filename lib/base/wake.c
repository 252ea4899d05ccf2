#include "base/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fdio.h"

int
wake_open(struct wake *w)
{
	int fds[2];

	*w = (struct wake){.read_fd = -1, .write_fd = -1};
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		return -1;
	*w = (struct wake){.read_fd = fds[0], .write_fd = fds[1]};
	return 0;
}

void
wake_close(struct wake *w)
{
	w->read_fd = fdio_close(w->read_fd);
	w->write_fd = fdio_close(w->write_fd);
}

void
wake_notify(const struct wake *w)
{
	int saved = errno;
	ssize_t ignored = write(w->write_fd, "", 1);

	/* a full pipe is readable, which is all that is wanted */
	(void)ignored;
	errno = saved;
}

void
wake_drain(const struct wake *w)
{
	char bytes[64];

	while (read(w->read_fd, bytes, sizeof(bytes)) == sizeof(bytes))
		continue;
}
