/*
 * Two bounded queues and a poll; and a way past them, while they are empty.
 */
#include "fleet/writer.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/mem.h"
#include "fleet/writer_internal.h"

enum {
	WRITER_QUEUE = OUTLET_STEP, /* room is given up to this */
	WRITER_MAX = 1 << 30,
	WRITER_FLUSH_S = 1 /* for a terminal that takes nothing */
};

/* Takes what was handed over, and tells those who wait for room. */
static void
refill(struct writer *w, struct stream *s)
{
	struct buf swap;

	if (!outlet_empty(&s->out))
		return;
	pthread_mutex_lock(&w->lock);
	if (s->queue.len) {
		swap = s->out.writing;
		s->out.writing = s->queue;
		s->queue = swap;
		buf_clear(&s->queue);
		s->out.at = 0;
	} else {
		s->idle = true;
		pthread_cond_broadcast(&w->written);
	}
	waiters_notify(&s->waiters);
	pthread_mutex_unlock(&w->lock);
}

/* Whether the stream may be written: where both go to the same place, not in
 * the middle of a line of the other. */
static bool
has_turn(const struct writer *w, int stream)
{
	const struct outlet *other = &w->streams[!stream].out;

	return !w->shared || outlet_empty(other) || outlet_at_line(other);
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
		done = done && outlet_empty(&w->streams[i].out) &&
		    !w->streams[i].queue.len;
	pthread_mutex_unlock(&w->lock);
	return done;
}

/* Fills in what to poll: the streams, and behind them the wake-up. */
static void
prepare(struct writer *w, struct pollfd *fds)
{
	int i;

	for (i = 0; i < WRITER_STREAMS; i++)
		refill(w, &w->streams[i]);
	for (i = 0; i < WRITER_STREAMS; i++) {
		struct outlet *o = &w->streams[i].out;
		bool wanted = !outlet_empty(o) && has_turn(w, i);

		fds[i] = (struct pollfd){
		    .fd = wanted ? o->fd : -1, .events = POLLOUT};
	}
	fds[i] = (struct pollfd){.fd = w->wake.read_fd, .events = POLLIN};
}

/* Whether what the stream reaches is standard output's place. */
static bool
is_output(const struct writer *w, int stream)
{
	return stream == WRITER_STDOUT || w->shared;
}

/* Writes where there is room; whether that came to anything. */
static bool
write_ready(struct writer *w, const struct pollfd *fds)
{
	bool any = false;
	int i;

	for (i = 0; i < WRITER_STREAMS; i++) {
		struct outlet *o = &w->streams[i].out;
		size_t before = o->at;

		if (!fds[i].revents || !has_turn(w, i))
			continue;
		if (o->terminal)
			statusline_erase();
		if (outlet_write(o) && is_output(w, i))
			w->failed(w->arg);
		any |= o->at != before || o->error;
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
		poll(
		    fds, WRITER_STREAMS + 1, hurry ? 0 : writer_update_line(w));
		if (fds[WRITER_STREAMS].revents)
			wake_drain(&w->wake);
		if (!write_ready(w, fds) && hurry)
			break;
	}
	statusline_erase();
	return NULL;
}

static void
put_diag(void *arg, const char *line, size_t n)
{
	writer_put(arg, WRITER_STDERR, line, n);
}

static void
flush_diag(void *arg)
{
	struct writer *w = arg;
	struct timespec late;

	clock_gettime(CLOCK_REALTIME, &late);
	late.tv_sec += WRITER_FLUSH_S;
	pthread_mutex_lock(&w->lock);
	while (!w->streams[WRITER_STDERR].idle &&
	    !pthread_cond_timedwait(&w->written, &w->lock, &late))
		continue;
	pthread_mutex_unlock(&w->lock);
}

static bool
same_place(int a, int b)
{
	struct stat one, other;

	return !fstat(a, &one) && !fstat(b, &other) &&
	    one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

static void
open_stream(struct stream *s, int fd)
{
	outlet_open(&s->out, fd, WRITER_MAX);
	s->idle = true;
	buf_init(&s->queue, WRITER_MAX);
}

static void
close_stream(struct stream *s)
{
	outlet_close(&s->out);
	buf_release(&s->queue);
	waiters_release(&s->waiters);
}

struct writer *
writer_start(void (*failed)(void *arg), void *arg, struct fault *f)
{
	struct writer *w = mem_alloc(1, sizeof(*w));
	int error = 0;

	w->failed = failed;
	w->arg = arg;
	w->drawn = clock_now() + WRITER_FIRST_MS - WRITER_SOON_MS;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->written, NULL);
	open_stream(&w->streams[WRITER_STDOUT], STDOUT_FILENO);
	open_stream(&w->streams[WRITER_STDERR], STDERR_FILENO);
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
	diag_set_output(put_diag, flush_diag, w);
	return w;
}

size_t
writer_room(struct writer *w, enum writer_stream stream, struct wake *wake)
{
	struct stream *s = &w->streams[stream];
	size_t room = 0;

	pthread_mutex_lock(&w->lock);
	if (s->queue.len < WRITER_QUEUE)
		room = WRITER_QUEUE - s->queue.len;
	else
		waiters_add(&s->waiters, wake);
	pthread_mutex_unlock(&w->lock);
	return room;
}

void
writer_leave(struct writer *w, const struct wake *wake)
{
	int i;

	pthread_mutex_lock(&w->lock);
	for (i = 0; i < WRITER_STREAMS; i++)
		waiters_remove(&w->streams[i].waiters, wake);
	pthread_mutex_unlock(&w->lock);
}

/* Under the lock: to the queue, or, while the thread has nothing to write and
 * the other stream goes elsewhere, straight to where they go: as long as that
 * takes all, the bytes need not be copied, and the thread not woken.  Whether
 * it is to be woken. */
static bool
put_bytes(struct writer *w, struct stream *s, const char *bytes, size_t n)
{
	size_t now =
	    s->idle && !w->shared ? outlet_write_now(&s->out, bytes, n) : 0;
	bool first = s->queue.len == 0;

	if (now == n)
		return false;
	s->idle = false;
	(void)buf_append(&s->queue, bytes + now, n - now);
	return first;
}

void
writer_put(
    struct writer *w, enum writer_stream stream, const char *bytes, size_t n)
{
	bool wakes;

	pthread_mutex_lock(&w->lock);
	wakes = put_bytes(w, &w->streams[stream], bytes, n);
	pthread_mutex_unlock(&w->lock);
	if (wakes)
		wake_notify(&w->wake);
}

bool
writer_idle(struct writer *w, enum writer_stream stream, struct wake *wake)
{
	struct stream *s = &w->streams[stream];
	bool idle;

	pthread_mutex_lock(&w->lock);
	idle = s->idle;
	if (!idle)
		waiters_add(&s->waiters, wake);
	pthread_mutex_unlock(&w->lock);
	return idle;
}

/* What was lost, as errno.  Where only what reads standard error has gone, a
 * pager or a terminal, nothing is: as with ssh. */
static int
lost(const struct writer *w, int stream)
{
	const struct outlet *o = &w->streams[stream].out;

	if (is_output(w, stream) || (o->error != EPIPE && !o->terminal))
		return o->error;
	return 0;
}

int
writer_stop(struct writer *w, bool drop)
{
	int error;

	writer_forget_line();
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	w->dropping = drop;
	pthread_mutex_unlock(&w->lock);
	wake_notify(&w->wake);
	pthread_join(w->thread, NULL);
	diag_set_output(NULL, NULL, NULL);
	error = lost(w, WRITER_STDOUT);
	if (!error)
		error = lost(w, WRITER_STDERR);
	close_stream(&w->streams[WRITER_STDOUT]);
	close_stream(&w->streams[WRITER_STDERR]);
	wake_close(&w->wake);
	pthread_cond_destroy(&w->written);
	pthread_mutex_destroy(&w->lock);
	mem_free(w);
	return error;
}
