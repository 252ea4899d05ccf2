#include "http/worker.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "http/connection.h"

#ifndef EPOLLEXCLUSIVE
#define EPOLLEXCLUSIVE (1U << 28)
#endif

enum {
	EVENTS = 64,
	ACCEPTS = 16, /* connections taken in one turn */
	FORGET = 1000, /* milliseconds until a listing is forgotten */
	FILES_KEPT = 16, /* open … */
	FILES_LIMIT = 512, /* … where so many connections may be */
	RETRY = 500, /* milliseconds until accepting is tried again */
	OUT_MAX = 68 << 20 /* bytes: the largest listing and its head */
};

/* Milliseconds in each phase. */
static const int64_t spans[PHASE_COUNT] = {
    [PHASE_HEAD] = 10000,
    [PHASE_IDLE] = 60000,
    [PHASE_WRITE] = 60000,
    [PHASE_LINGER] = 3000,
};

static void
watch_listener(struct worker *w, struct worker_listener *l)
{
	struct epoll_event event = {
	    .events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = l};

	if (!epoll_ctl(w->epoll, EPOLL_CTL_ADD, l->fd, &event))
		return;
	/* kernels before 4.5 wake all threads */
	event.events = EPOLLIN;
	epoll_ctl(w->epoll, EPOLL_CTL_ADD, l->fd, &event);
}

static void
set_accepting(struct worker *w, bool on)
{
	size_t i;

	if (on == w->accepting)
		return;
	w->accepting = on;
	for (i = 0; i < w->set->listeners->n; i++) {
		if (on)
			watch_listener(w, &w->listeners[i]);
		else
			epoll_ctl(
			    w->epoll, EPOLL_CTL_DEL, w->listeners[i].fd, NULL);
	}
}

int
worker_init(struct worker *w)
{
	struct epoll_event event = {
	    .events = EPOLLIN, .data.ptr = &w->wake_source};
	size_t i;

	buf_init(&w->in, 65536);
	buf_init(&w->out, OUT_MAX);
	w->wake_source = SOURCE_WAKE;
	w->wake = (struct wake){.read_fd = -1, .write_fd = -1};
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (w->epoll < 0 || wake_open(&w->wake) ||
	    epoll_ctl(w->epoll, EPOLL_CTL_ADD, w->wake.read_fd, &event))
		return -1;
	for (i = 0; i < w->set->listeners->n; i++)
		w->listeners[i] = (struct worker_listener){
		    SOURCE_LISTENER, w->set->listeners->fd[i]};
	w->responder.site = w->set->site;
	w->responder.common.id = w->set->id;
	w->responder.store =
	    store_new(w->limit >= FILES_LIMIT ? FILES_KEPT : 0);
	return 0;
}

static void
bury(struct worker *w)
{
	while (w->dead) {
		struct connection *c = w->dead;

		w->dead = c->next;
		mem_free(c);
	}
}

void
worker_release(struct worker *w)
{
	int i;

	for (i = 0; i < PHASE_COUNT; i++)
		while (w->waiting[i].first)
			connection_close(w, w->waiting[i].first);
	bury(w);
	fdio_close(w->epoll);
	wake_close(&w->wake);
	buf_release(&w->in);
	buf_release(&w->out);
	store_free(w->responder.store);
	directory_release(&w->responder.directory);
}

/* Time, but for the time in which the whole process was stopped (^Z), so that
 * no client is cut off for it. */
static void
advance_clock(struct worker *w, int timeout)
{
	int64_t clock = clock_now(), passed = clock - w->clock;
	struct timespec wall;

	if (timeout >= 0 && passed > timeout + 5000)
		passed = timeout;
	w->now += passed;
	w->clock = clock;
	clock_gettime(CLOCK_REALTIME, &wall);
	if (wall.tv_sec != w->responder.wall) {
		directory_forget(&w->responder.directory);
		store_close_files(w->responder.store);
		w->responder.wall = wall.tv_sec;
		date_format(wall.tv_sec, w->responder.common.date);
	}
}

/* Makes room by ending the connection that has been idle for longest. */
static bool
evict(struct worker *w)
{
	struct connection *c = w->waiting[PHASE_IDLE].first;

	if (!c)
		return false;
	connection_close(w, c);
	return true;
}

/* Those who are idle may be another thread's. */
static void
ask_others(struct worker *w)
{
	int i, n = atomic_load(w->serving);

	for (i = 0; i < n; i++) {
		if (&w->all[i] == w)
			continue;
		atomic_store(&w->all[i].asked, 1);
		wake_notify(&w->all[i].wake);
	}
}

static void
pause_accepting(struct worker *w)
{
	set_accepting(w, false);
	w->resume = w->now + RETRY;
}

/* One connection, in the place of an idle one where all are taken.  false when
 * there is none for now. */
static bool
accept_one(struct worker *w, int listener)
{
	struct sockaddr_storage peer;
	socklen_t n = sizeof(peer);
	struct address client;
	bool full = atomic_fetch_add(w->connections, 1) >= w->limit;
	int fd;

	if (full && !w->waiting[PHASE_IDLE].first) {
		atomic_fetch_sub(w->connections, 1);
		ask_others(w);
		pause_accepting(w);
		return false;
	}
	fd = accept4(listener, (struct sockaddr *)&peer, &n,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0) {
		int error = errno;

		atomic_fetch_sub(w->connections, 1);
		if (error == EMFILE || error == ENFILE || error == ENOBUFS ||
		    error == ENOMEM) {
			evict(w);
			pause_accepting(w);
		}
		return error == ECONNABORTED || error == EINTR;
	}
	client = address_of((struct sockaddr *)&peer);
	if ((w->set->allowed && !address_in(&client, w->set->allowed)) ||
	    !peers_enter(w->peers, &client)) {
		atomic_fetch_sub(w->connections, 1);
		close(fd);
		return true;
	}
	if (full)
		evict(w);
	connection_open(w, fd, &client);
	return true;
}

static void
accept_some(struct worker *w, int listener)
{
	int i;

	for (i = 0; i < ACCEPTS && w->accepting; i++)
		if (!accept_one(w, listener))
			break;
}

static void
expire(struct worker *w)
{
	int i;

	for (i = 0; i < PHASE_COUNT; i++) {
		struct waiting *list = &w->waiting[i];

		while (list->first && list->first->since + spans[i] <= w->now)
			connection_expire(w, list->first);
	}
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < 0 || b < a ? b : a;
}

/* Milliseconds until the next thing to do, for epoll_wait. */
static int
next_timeout(const struct worker *w)
{
	int64_t left = -1, until;
	int i;

	for (i = 0; i < PHASE_COUNT; i++) {
		if (!w->waiting[i].first)
			continue;
		until = w->waiting[i].first->since + spans[i] - w->now;
		left = sooner(left, until < 0 ? 0 : until);
	}
	if (!w->accepting)
		left = sooner(left, RETRY);
	if (w->responder.directory.page.cap ||
	    store_has_files(w->responder.store))
		left = sooner(left, FORGET);
	return (int)left;
}

/* Responses on their way may end; all else ends now.  Who comes is refused:
 * waiting would be for nothing. */
static void
start_draining(struct worker *w)
{
	size_t i;

	for (i = 0; i < w->set->listeners->n; i++)
		shutdown(w->listeners[i].fd, SHUT_RD);
	set_accepting(w, false);
	while (w->waiting[PHASE_IDLE].first)
		connection_close(w, w->waiting[PHASE_IDLE].first);
	while (w->waiting[PHASE_HEAD].first)
		connection_close(w, w->waiting[PHASE_HEAD].first);
}

/* Takes the connection for which another thread found no room. */
static void
help(struct worker *w)
{
	size_t i;

	if (!w->waiting[PHASE_IDLE].first)
		return;
	for (i = 0; i < w->set->listeners->n; i++)
		accept_some(w, w->listeners[i].fd);
}

static void
handle(struct worker *w, enum source *source)
{
	struct connection *c;

	switch (*source) {
	case SOURCE_WAKE:
		wake_drain(&w->wake);
		if (atomic_exchange(&w->asked, 0))
			help(w);
		break;
	case SOURCE_LISTENER:
		accept_some(w, ((struct worker_listener *)source)->fd);
		break;
	case SOURCE_CONNECTION:
		c = (struct connection *)source;
		if (c->fd >= 0)
			connection_ready(w, c);
		break;
	}
}

void
worker_run(struct worker *w)
{
	struct epoll_event events[EVENTS];
	int i, n, timeout;

	w->clock = clock_now();
	advance_clock(w, 0);
	set_accepting(w, true);
	while (!atomic_load(&w->ending)) {
		timeout = next_timeout(w);
		n = epoll_wait(w->epoll, events, EVENTS, timeout);
		advance_clock(w, timeout);
		for (i = 0; i < n; i++)
			handle(w, events[i].data.ptr);
		if (atomic_load(w->draining))
			start_draining(w);
		else if (!w->accepting && w->now >= w->resume)
			set_accepting(w, true);
		expire(w);
		bury(w);
	}
}
