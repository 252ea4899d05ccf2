#include "fleet/input.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"

struct input {
	int fd; /* the file that is read */
	off_t start; /* where the input begins in it */
	bool spooled; /* a thread fills it */
	pthread_t thread;
	pthread_mutex_t lock;
	off_t have; /* bytes in the spool */
	bool ended;
	int error; /* errno of reading or keeping it */
	struct input_reader *waiting;
};

/* With the lock held. */
static void
wake_all(struct input *in)
{
	while (in->waiting) {
		struct input_reader *r = in->waiting;

		in->waiting = r->next;
		r->next = NULL;
		wake_notify(r->wake);
	}
}

static void
spooled(struct input *in, size_t n, bool end, int error)
{
	pthread_mutex_lock(&in->lock);
	in->have += (off_t)n;
	in->ended = end;
	in->error = error;
	wake_all(in);
	pthread_mutex_unlock(&in->lock);
}

static void *
spool_main(void *arg)
{
	struct input *in = arg;
	char bytes[32768];
	ssize_t n;

	while ((n = fdio_read(STDIN_FILENO, bytes, sizeof(bytes))) > 0) {
		if (fdio_write_all(in->fd, bytes, (size_t)n)) {
			n = -1;
			break;
		}
		spooled(in, (size_t)n, false, 0);
	}
	spooled(in, 0, true, n < 0 ? errno : 0);
	return NULL;
}

static int
open_spool(struct fault *f)
{
	const char *tmp = getenv("TMPDIR");
	char *path =
	    mem_printf("%s/fab-input.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	int fd = mkostemp(path, O_CLOEXEC);

	if (fd < 0)
		fault_set(f, FAULT_SYSTEM, errno, "%s", path);
	else
		unlink(path);
	mem_free(path);
	return fd;
}

static int
start_spool(struct input *in, struct fault *f)
{
	sigset_t all, before;
	int error;

	in->fd = open_spool(f);
	if (in->fd < 0)
		return -1;
	in->spooled = true;
	/* signals are for the main thread */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&in->thread, NULL, spool_main, in);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!error)
		return 0;
	in->fd = fdio_close(in->fd);
	return fault_set(f, FAULT_SYSTEM, error, "thread for standard input");
}

struct input *
input_open(struct fault *f)
{
	struct input *in = mem_alloc(1, sizeof(*in));
	struct stat st;

	pthread_mutex_init(&in->lock, NULL);
	in->fd = STDIN_FILENO;
	if (!fstat(STDIN_FILENO, &st) && S_ISREG(st.st_mode)) {
		in->start = lseek(STDIN_FILENO, 0, SEEK_CUR);
		return in;
	}
	if (start_spool(in, f)) {
		mem_free(in);
		return NULL;
	}
	return in;
}

/* Whether there is anything for the reader; if not, it will be told. */
static bool
ready(struct input *in, struct input_reader *r)
{
	bool yes;

	if (!in->spooled)
		return true;
	pthread_mutex_lock(&in->lock);
	yes = r->at < in->have || in->ended;
	if (!yes) {
		struct input_reader *w = in->waiting;

		while (w && w != r)
			w = w->next;
		if (!w) {
			r->next = in->waiting;
			in->waiting = r;
		}
	}
	pthread_mutex_unlock(&in->lock);
	return yes;
}

/* Hosts get less than all: that must not pass for its end. */
static void
note_error(struct input *in, int error)
{
	pthread_mutex_lock(&in->lock);
	in->error = error;
	pthread_mutex_unlock(&in->lock);
}

ssize_t
input_read(struct input *in, struct input_reader *r, char *bytes, size_t n)
{
	ssize_t got;

	if (!ready(in, r))
		return -1;
	do
		got = pread(in->fd, bytes, n, in->start + r->at);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		note_error(in, errno);
	if (got <= 0)
		return 0;
	r->at += got;
	return got;
}

void
input_leave(struct input *in, struct input_reader *r)
{
	struct input_reader **at;

	pthread_mutex_lock(&in->lock);
	for (at = &in->waiting; *at && *at != r;)
		at = &(*at)->next;
	if (*at)
		*at = r->next;
	pthread_mutex_unlock(&in->lock);
}

int
input_error(struct input *in)
{
	int error;

	pthread_mutex_lock(&in->lock);
	error = in->error;
	pthread_mutex_unlock(&in->lock);
	return error;
}

void
input_close(struct input *in)
{
	if (!in)
		return;
	if (in->spooled) {
		/* it may sit in a read for ever; the program ends anyway */
		pthread_cancel(in->thread);
		pthread_join(in->thread, NULL);
		close(in->fd);
	}
	pthread_mutex_destroy(&in->lock);
	mem_free(in);
}
