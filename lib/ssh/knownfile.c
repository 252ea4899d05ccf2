/*
 * ssh appends without a lock and ssh-keygen -R replaces the file, so: the file
 * is locked against our like, found to be still the one at its path, and
 * written to once, in append mode.  A last line that somebody left without a
 * newline is ended first, in the same write.
 */
#include "ssh/knownfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

/* Makes the directory of a file where it is called .ssh. */
static void
make_directory(const char *path)
{
	static const char name[] = "/.ssh";
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;
	char *dir;

	if (n < strlen(name) ||
	    memcmp(slash - strlen(name), name, strlen(name)))
		return;
	dir = mem_strndup(path, n);
	mkdir(dir, 0700);
	mem_free(dir);
}

/* File systems without locks append safely too, so failing is no error. */
static void
lock(int fd)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int ret;

	/* held for one write; an open file's lock, for threads share theirs */
	do
		ret = fcntl(fd, F_OFD_SETLKW, &whole);
	while (ret && errno == EINTR);
}

static int
is_current(int fd, const char *path)
{
	struct stat mine, theirs;

	return !fstat(fd, &mine) && !stat(path, &theirs) &&
	    mine.st_dev == theirs.st_dev && mine.st_ino == theirs.st_ino;
}

/* The file at path, open and locked; -1 with errno. */
static int
open_locked(const char *path)
{
	int tries, fd;

	for (tries = 0; tries < 100; tries++) {
		fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0)
			return -1;
		lock(fd);
		if (is_current(fd, path))
			return fd;
		close(fd);
	}
	errno = EAGAIN;
	return -1;
}

int
knownfile_open(const char *path, struct fault *f)
{
	int fd;

	make_directory(path);
	fd = open_locked(path);
	if (fd < 0)
		fault_set(f, FAULT_SYSTEM, errno, "%s", path);
	return fd;
}

size_t
knownfile_size(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);

	return size > 0 ? (size_t)size : 0;
}

/* Whether a line ends before that offset; where one cannot tell, too. */
static bool
line_ends(int fd, size_t at)
{
	char last;

	return at == 0 || pread(fd, &last, 1, (off_t)at - 1) != 1 ||
	    last == '\n';
}

void
knownfile_read(int fd, size_t from, struct buf *to)
{
	size_t size = knownfile_size(fd);

	while (from < size && (to->len || line_ends(fd, from))) {
		char *room = buf_room(to, size - from);
		ssize_t got =
		    room ? pread(fd, room, size - from, (off_t)from) : 0;

		if (got <= 0)
			return;
		buf_grow(to, (size_t)got);
		from += (size_t)got;
	}
}

int
knownfile_append(int fd, const char *line, size_t n)
{
	size_t size = knownfile_size(fd);
	struct buf text;
	ssize_t done;
	int error;

	buf_init(&text, n + 1);
	if (!line_ends(fd, size))
		buf_putc(&text, '\n');
	buf_append(&text, line, n);
	done = write(fd, buf_str(&text), text.len);
	error = done < 0 ? errno : ENOSPC;
	n = text.len;
	buf_release(&text);
	if (done >= 0 && (size_t)done == n)
		return 0;
	/* half a line would be another's name, or key */
	if (done > 0 && ftruncate(fd, (off_t)size))
		error = errno;
	errno = error;
	return -1;
}
