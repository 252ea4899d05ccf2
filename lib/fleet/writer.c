/*
 * Two bounded queues and a poll.  Descriptors 1 and 2 are shared with others
 * (the shell, the terminal), so their flags are left alone: a pipe is opened
 * once more through /proc for a non-blocking description of our own, a socket
 * is written with MSG_DONTWAIT, and everything else gets no more at a time
 * than a pipe takes without blocking.
 */
#include "fleet/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/fdio.h"
#include "base/mem.h"

enum {
	WRITER_QUEUE = 256 * 1024, /* room is given up to this */
	WRITER_MAX = 1 << 30
};

enum out_kind { OUT_BLOCKING, OUT_NONBLOCKING, OUT_SOCKET };

struct out {
	int fd;
	enum out_kind kind;
	size_t step; /* bytes a write */
	struct buf queue; /* handed over, under the lock */
	struct buf writing; /* the writer's own */
	size_t at;
	int error;
	struct wake **wakes; /* who waits for room */
	size_t n_wakes, max_wakes;
};

struct writer {
	pthread_t thread;
	pthread_mutex_t lock;
	struct wake wake;
	struct out outs[WRITER_STREAMS];
	bool shared; /* both go to the same place */
	bool stopping, dropping;
	void (*failed)(void *arg);
	void *arg;
};

static void
out_open(struct out *o, int fd)
{
	char path[32];
	struct stat st;
	int again;

	*o = (struct out){.fd = fd, .step = PIPE_BUF};
	buf_init(&o->queue, WRITER_MAX);
	buf_init(&o->writing, WRITER_MAX);
	if (fstat(fd, &st))
		return;
	if (S_ISREG(st.st_mode))
		o->step = WRITER_QUEUE;
	if (S_ISSOCK(st.st_mode)) {
		o->kind = OUT_SOCKET;
		o->step = WRITER_QUEUE;
	}
	if (!S_ISFIFO(st.st_mode))
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (again >= 0) {
		o->fd = again;
		o->kind = OUT_NONBLOCKING;
		o->step = WRITER_QUEUE;
	}
}

static void
out_close(struct out *o)
{
	if (o->kind == OUT_NONBLOCKING)
		close(o->fd);
	mem_free(o->wakes);
	buf_release(&o->queue);
	buf_release(&o->writing);
}

static bool
out_empty(const struct out *o)
{
	return o->at == o->writing.len;
}

/* Takes what was handed over, and tells those who wait for room. */
static void
out_refill(struct writer *w, struct out *o)
{
	struct buf swap;
	size_t i;

	if (!out_empty(o))
		return;
	pthread_mutex_lock(&w->lock);
	swap = o->writing;
	o->writing = o->queue;
	o->queue = swap;
	buf_clear(&o->queue);
	o->at = 0;
	for (i = 0; i < o->n_wakes; i++)
		wake_notify(o->wakes[i]);
	o->n_wakes = 0;
	pthread_mutex_unlock(&w->lock);
}

static void
out_write(struct writer *w, struct out *o)
{
	size_t left = o->writing.len - o->at;
	size_t n = left < o->step ? left : o->step;
	const char *from = o->writing.data + o->at;
	ssize_t done;

	if (n == 0)
		return;
	if (o->error)
		done = (ssize_t)left;
	else if (o->kind == OUT_SOCKET)
		done = send(o->fd, from, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	else
		done = write(o->fd, from, n);
	if (done > 0) {
		o->at += (size_t)done;
	} else if (done < 0 && errno != EAGAIN && errno != EINTR) {
		o->error = errno;
		if (o == &w->outs[WRITER_STDOUT])
			w->failed(w->arg);
	}
}

/* Whether the stream may be written: where both go to the same place, not in
 * the middle of a line of the other. */
static bool
out_has_turn(const struct writer *w, int stream)
{
	const struct out *other = &w->outs[!stream];

	return !w->shared || out_empty(other) || other->at == 0 ||
	    other->writing.data[other->at - 1] == '\n';
}

static bool
writer_done(struct writer *w, bool *hurry)
{
	bool done;
	int i;

	pthread_mutex_lock(&w->lock);
	done = w->stopping;
	*hurry = w->dropping;
	for (i = 0; i < WRITER_STREAMS; i++)
		done = done && out_empty(&w->outs[i]) && !w->outs[i].queue.len;
	pthread_mutex_unlock(&w->lock);
	return done;
}

/* Fills in what to poll: the streams, and behind them the wake-up. */
static void
prepare(struct writer *w, struct pollfd *fds)
{
	int i;

	for (i = 0; i < WRITER_STREAMS; i++)
		out_refill(w, &w->outs[i]);
	for (i = 0; i < WRITER_STREAMS; i++) {
		struct out *o = &w->outs[i];
		bool wanted = !out_empty(o) && out_has_turn(w, i);

		fds[i] = (struct pollfd){
		    .fd = wanted ? o->fd : -1, .events = POLLOUT};
	}
	fds[i] = (struct pollfd){.fd = w->wake.read_fd, .events = POLLIN};
}

/* Writes where there is room; whether there was any. */
static bool
write_ready(struct writer *w, const struct pollfd *fds)
{
	bool any = false;
	int i;

	for (i = 0; i < WRITER_STREAMS; i++) {
		if (!fds[i].revents || !out_has_turn(w, i))
			continue;
		out_write(w, &w->outs[i]);
		any = true;
	}
	return any;
}

static void *
writer_main(void *arg)
{
	struct writer *w = arg;
	bool hurry;

	while (!writer_done(w, &hurry)) {
		struct pollfd fds[WRITER_STREAMS + 1];

		prepare(w, fds);
		poll(fds, WRITER_STREAMS + 1, hurry ? 0 : -1);
		if (fds[WRITER_STREAMS].revents)
			wake_drain(&w->wake);
		if (!write_ready(w, fds) && hurry)
			break;
	}
	return NULL;
}

static void
put_diag(void *arg, const char *line, size_t n)
{
	writer_put(arg, WRITER_STDERR, line, n);
}

static bool
same_place(int a, int b)
{
	struct stat one, other;

	return !fstat(a, &one) && !fstat(b, &other) &&
	    one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

struct writer *
writer_start(void (*failed)(void *arg), void *arg, struct fault *f)
{
	struct writer *w = mem_alloc(1, sizeof(*w));
	int error = 0;

	w->failed = failed;
	w->arg = arg;
	pthread_mutex_init(&w->lock, NULL);
	out_open(&w->outs[WRITER_STDOUT], STDOUT_FILENO);
	out_open(&w->outs[WRITER_STDERR], STDERR_FILENO);
	w->shared = same_place(STDOUT_FILENO, STDERR_FILENO);
	if (wake_open(&w->wake))
		error = errno;
	else
		error = pthread_create(&w->thread, NULL, writer_main, w);
	if (error) {
		fault_set(f, FAULT_SYSTEM, error, "writer thread");
		mem_free(w);
		return NULL;
	}
	diag_set_output(put_diag, w);
	return w;
}

/* With the lock held. */
static void
await_room(struct out *o, struct wake *wake)
{
	size_t i;

	for (i = 0; i < o->n_wakes; i++) {
		if (o->wakes[i] == wake)
			return;
	}
	if (o->n_wakes == o->max_wakes) {
		o->max_wakes = o->max_wakes ? 2 * o->max_wakes : 16;
		o->wakes =
		    mem_realloc(o->wakes, o->max_wakes * sizeof(*o->wakes));
	}
	o->wakes[o->n_wakes++] = wake;
}

size_t
writer_room(struct writer *w, enum writer_stream stream, struct wake *wake)
{
	struct out *o = &w->outs[stream];
	size_t room = 0;

	pthread_mutex_lock(&w->lock);
	if (o->queue.len < WRITER_QUEUE)
		room = WRITER_QUEUE - o->queue.len;
	else
		await_room(o, wake);
	pthread_mutex_unlock(&w->lock);
	return room;
}

void
writer_leave(struct writer *w, const struct wake *wake)
{
	int i;

	pthread_mutex_lock(&w->lock);
	for (i = 0; i < WRITER_STREAMS; i++) {
		struct out *o = &w->outs[i];
		size_t at = 0;

		while (at < o->n_wakes && o->wakes[at] != wake)
			at++;
		if (at < o->n_wakes)
			o->wakes[at] = o->wakes[--o->n_wakes];
	}
	pthread_mutex_unlock(&w->lock);
}

void
writer_put(
    struct writer *w, enum writer_stream stream, const char *bytes, size_t n)
{
	struct out *o = &w->outs[stream];
	bool first;

	pthread_mutex_lock(&w->lock);
	first = o->queue.len == 0;
	(void)buf_append(&o->queue, bytes, n);
	pthread_mutex_unlock(&w->lock);
	if (first)
		wake_notify(&w->wake);
}

int
writer_stop(struct writer *w, bool drop)
{
	int error;

	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	w->dropping = drop;
	pthread_mutex_unlock(&w->lock);
	wake_notify(&w->wake);
	pthread_join(w->thread, NULL);
	diag_set_output(NULL, NULL);
	error = w->outs[WRITER_STDOUT].error;
	out_close(&w->outs[WRITER_STDOUT]);
	out_close(&w->outs[WRITER_STDERR]);
	wake_close(&w->wake);
	pthread_mutex_destroy(&w->lock);
	mem_free(w);
	return error;
}
