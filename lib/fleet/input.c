#include "fleet/input.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "fleet/tempfile.h"

enum {
	SPOOL_CHUNK = 32 * 1024,
	SPOOL_HOLE = 1024 * 1024, /* is worth to be given back */
	SPOOL_PATIENCE = 3, /* seconds without progress */
	SPOOL_MAX = 1024 * 1024 * 1024
};

struct input {
	int fd; /* the file that is read */
	off_t start; /* where the input begins in it */
	bool spooled; /* a thread fills it */
	bool again; /* all of it is kept */
	off_t bound; /* of what is kept in the spool */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t room;
	size_t to_come; /* hosts that have not begun */
	struct input_reader *readers;
	off_t have; /* bytes that came */
	off_t given_back; /* of them, from the beginning */
	bool ended, closing, warned;
	int error; /* errno of reading or keeping it */
};

/* With the lock held, as all that follow here: has those look that wait. */
static void
wake_all(struct input *in)
{
	struct input_reader *r;

	for (r = in->readers; r; r = r->next) {
		if (r->waiting)
			wake_notify(r->wake);
		r->waiting = false;
	}
}

static const struct input_reader *
slowest(const struct input *in)
{
	const struct input_reader *r, *last = in->readers;

	for (r = in->readers; r; r = r->next) {
		if (r->at < last->at)
			last = r;
	}
	return last;
}

/* Gives back what everybody has read. */
static void
give_back(struct input *in)
{
	const struct input_reader *last = slowest(in);
	off_t end = last ? last->at : in->have;

	end -= end % SPOOL_HOLE;
	if (!in->spooled || in->again || in->to_come || end <= in->given_back)
		return;
	/* where no holes can be made, the disk is the bound */
	(void)fallocate(in->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
	    in->given_back, end - in->given_back);
	in->given_back = end;
	pthread_cond_signal(&in->room);
}

/* A host that is still to begin needs all; to wait for it may be for ever. */
static bool
is_full(const struct input *in)
{
	return !in->again && !in->to_come &&
	    in->have - in->given_back >= in->bound;
}

static void
warn(struct input *in)
{
	const struct input_reader *last = slowest(in);

	if (last && !in->warned)
		diag_error("standard input waits: %s has not read %lld MB of "
			   "it",
		    last->label, (long long)(in->have - last->at) / 1000000);
	in->warned = true;
}

/* Who is merely slower than we are is not worth a word. */
static void
await_room(struct input *in)
{
	while (is_full(in) && !in->closing) {
		off_t before = in->given_back;
		struct timespec until;

		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += SPOOL_PATIENCE;
		if (pthread_cond_timedwait(&in->room, &in->lock, &until) ==
			ETIMEDOUT &&
		    in->given_back == before)
			warn(in);
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
	if (!end)
		await_room(in);
	pthread_mutex_unlock(&in->lock);
}

/* It may sit in a read for ever: only there can it be cancelled. */
static ssize_t
read_some(char *bytes, size_t n)
{
	ssize_t got;
	int ignored;

	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &ignored);
	got = fdio_read(STDIN_FILENO, bytes, n);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &ignored);
	return got;
}

static void *
spool_main(void *arg)
{
	struct input *in = arg;
	char bytes[SPOOL_CHUNK];
	ssize_t n;
	int ignored;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &ignored);
	while ((n = read_some(bytes, sizeof(bytes))) > 0) {
		if (fdio_write_all(in->fd, bytes, (size_t)n)) {
			n = -1;
			break;
		}
		spooled(in, (size_t)n, false, 0);
	}
	spooled(in, 0, true, n < 0 ? errno : 0);
	return NULL;
}

/* Half of what is free, for others want some too. */
static off_t
bound_of(int fd)
{
	struct statvfs v;
	uint64_t half;

	if (fstatvfs(fd, &v))
		return SPOOL_MAX;
	half = (uint64_t)v.f_bavail * v.f_frsize / 2;
	return half < SPOOL_MAX ? (off_t)half : SPOOL_MAX;
}

static int
start_spool(struct input *in, struct fault *f)
{
	sigset_t all, before;
	int error;

	in->fd = tempfile_open();
	if (in->fd < 0)
		return fault_set(f, FAULT_SYSTEM, errno,
		    "a file for standard input in %s", tempfile_directory());
	in->spooled = true;
	in->bound = bound_of(in->fd);
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
input_open(size_t hosts, bool again, struct fault *f)
{
	struct input *in = mem_alloc(1, sizeof(*in));
	struct stat st;

	pthread_mutex_init(&in->lock, NULL);
	pthread_cond_init(&in->room, NULL);
	in->fd = STDIN_FILENO;
	in->to_come = hosts;
	in->again = again;
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

void
input_join(struct input *in, struct input_reader *r)
{
	pthread_mutex_lock(&in->lock);
	r->at = 0;
	r->waiting = false;
	r->next = in->readers;
	in->readers = r;
	in->to_come--;
	pthread_mutex_unlock(&in->lock);
}

void
input_leave(struct input *in, struct input_reader *r)
{
	struct input_reader **at;

	pthread_mutex_lock(&in->lock);
	for (at = &in->readers; *at && *at != r;)
		at = &(*at)->next;
	if (*at)
		*at = r->next;
	give_back(in);
	pthread_mutex_unlock(&in->lock);
}

void
input_rewind(struct input *in, struct input_reader *r)
{
	pthread_mutex_lock(&in->lock);
	r->at = 0;
	pthread_mutex_unlock(&in->lock);
}

/* Whether there is anything for the reader; if not, it will be told. */
static bool
ready(struct input *in, struct input_reader *r)
{
	bool yes;

	pthread_mutex_lock(&in->lock);
	yes = !in->spooled || r->at < in->have || in->ended;
	r->waiting = !yes;
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
	pthread_mutex_lock(&in->lock);
	r->at += got;
	if (r->at / SPOOL_HOLE != (r->at - got) / SPOOL_HOLE)
		give_back(in);
	pthread_mutex_unlock(&in->lock);
	return got;
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
		pthread_mutex_lock(&in->lock);
		in->closing = true;
		pthread_cond_signal(&in->room);
		pthread_mutex_unlock(&in->lock);
		pthread_cancel(in->thread);
		pthread_join(in->thread, NULL);
		close(in->fd);
	}
	pthread_cond_destroy(&in->room);
	pthread_mutex_destroy(&in->lock);
	mem_free(in);
}
