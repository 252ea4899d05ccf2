/*
 * DIR/HOST.out and DIR/HOST.err.  All are there from the start, empty; those
 * of a host are open while it runs.  A host's own thread writes to them.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "fleet/sink.h"

enum { FILES_ROOM = 1 << 20 };

struct files {
	struct sink sink;
	struct sink_hosts hosts;
	int directory;
	pthread_mutex_t lock;
	int error;
	int (*fds)[WRITER_STREAMS]; /* -1: not open */
};

static char *
name_of(const struct files *s, size_t host, int stream)
{
	return mem_printf("%s.%s", s->hosts.labels[host],
	    stream == WRITER_STDOUT ? "out" : "err");
}

/* What lies there under the name is replaced; a link is not followed. */
static int
open_file(const struct files *s, size_t host, int stream, int more)
{
	char *name = name_of(s, host, stream);
	int fd = openat(s->directory, name,
	    O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | more,
	    0666);

	mem_free(name);
	return fd;
}

static void
note_error(struct files *s, int error)
{
	pthread_mutex_lock(&s->lock);
	if (!s->error)
		s->error = error;
	pthread_mutex_unlock(&s->lock);
}

static size_t
files_room(
    struct sink *s, size_t host, enum writer_stream stream, struct wake *wake)
{
	(void)s;
	(void)host;
	(void)stream;
	(void)wake;
	return FILES_ROOM;
}

static void
files_leave(struct sink *s, const struct wake *wake)
{
	(void)s;
	(void)wake;
}

static void
files_output(struct sink *sink, size_t host, enum writer_stream stream,
    const char *bytes, size_t n)
{
	struct files *s = (struct files *)sink;
	int *fd = &s->fds[host][stream];

	if (*fd < 0)
		*fd = open_file(s, host, (int)stream, O_APPEND);
	if (*fd < 0 || fdio_write_all(*fd, bytes, n))
		note_error(s, errno);
}

static void
close_files(struct files *s, size_t host)
{
	int i;

	for (i = 0; i < WRITER_STREAMS; i++) {
		if (s->fds[host][i] >= 0 && close(s->fds[host][i]))
			note_error(s, errno);
		s->fds[host][i] = -1;
	}
}

static bool
files_idle(struct sink *sink, struct wake *wake)
{
	(void)sink;
	(void)wake;
	return true;
}

static void
files_again(struct sink *sink, size_t host)
{
	struct files *s = (struct files *)sink;
	int i;

	for (i = 0; i < WRITER_STREAMS; i++) {
		if (s->fds[host][i] >= 0 && ftruncate(s->fds[host][i], 0))
			note_error(s, errno);
	}
}

/* An error output that stayed empty goes. */
static void
files_end(
    struct sink *sink, const struct target *target, const struct outcome *o)
{
	struct files *s = (struct files *)sink;
	char *name = name_of(s, target->index, WRITER_STDERR);
	struct stat st;

	(void)o;
	close_files(s, target->index);
	if (!fstatat(s->directory, name, &st, AT_SYMLINK_NOFOLLOW) &&
	    S_ISREG(st.st_mode) && st.st_size == 0)
		(void)unlinkat(s->directory, name, 0);
	mem_free(name);
}

static int
files_finish(struct sink *sink, const struct wait *wait)
{
	(void)wait;
	return ((struct files *)sink)->error;
}

static void
files_free(struct sink *sink)
{
	struct files *s = (struct files *)sink;
	size_t i;

	for (i = 0; i < s->hosts.n; i++)
		close_files(s, i);
	fdio_close(s->directory);
	pthread_mutex_destroy(&s->lock);
	mem_free(s->fds);
	mem_free(s);
}

static int
open_directory(struct files *s, const char *path, struct fault *f)
{
	if (mkdir(path, 0777) && errno != EEXIST)
		return fault_set(f, FAULT_SYSTEM, errno, "-O %s", path);
	s->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->directory < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "-O %s", path);
	return 0;
}

static int
create_files(struct files *s, const char *path, struct fault *f)
{
	size_t host;
	int i;

	for (host = 0; host < s->hosts.n; host++) {
		for (i = 0; i < WRITER_STREAMS; i++) {
			int fd = open_file(s, host, i, O_TRUNC);

			if (fd < 0)
				return fault_set(f, FAULT_SYSTEM, errno,
				    "-O %s/%s.%s", path, s->hosts.labels[host],
				    i == WRITER_STDOUT ? "out" : "err");
			close(fd);
		}
	}
	return 0;
}

struct sink *
sink_files(
    const char *directory, const struct sink_hosts *hosts, struct fault *f)
{
	static const struct sink_ops ops = {.room = files_room,
	    .leave = files_leave,
	    .output = files_output,
	    .idle = files_idle,
	    .again = files_again,
	    .end = files_end,
	    .finish = files_finish,
	    .free = files_free};
	struct files *s = mem_alloc(1, sizeof(*s));
	size_t i;

	s->sink.ops = &ops;
	s->hosts = *hosts;
	pthread_mutex_init(&s->lock, NULL);
	s->fds = mem_alloc(hosts->n, sizeof(*s->fds));
	for (i = 0; i < hosts->n; i++)
		s->fds[i][0] = s->fds[i][1] = -1;
	if (open_directory(s, directory, f) || create_files(s, directory, f)) {
		files_free(&s->sink);
		return NULL;
	}
	return &s->sink;
}
