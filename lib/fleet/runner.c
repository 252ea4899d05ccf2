#include "fleet/runner.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/status.h"
#include "ssh/gateway.h"

enum {
	RUNNER_STACK = 256 * 1024,
	RUNNER_FDS = 8, /* that one host may need at once */
	RUNNER_OWN_FDS = 32 /* and we ourselves */
};

struct worker {
	struct queue *queue;
	pthread_t thread;
	struct wake wake;
};

/* What the threads share; next, ended and failed are under the lock. */
struct queue {
	const struct runner *r;
	pthread_mutex_t lock;
	struct wake done; /* notified as a thread ends */
	size_t next, failed, running;
	int status;
	struct worker *workers;
	size_t n_workers;
};

/* The number of the next host, or the count when none is to be started. */
static size_t
take_next(struct queue *q)
{
	const struct runner *r = q->r;
	size_t count = host_list_count(r->hosts), next;

	pthread_mutex_lock(&q->lock);
	next = q->next;
	if ((r->max_fail && q->failed >= r->max_fail) ||
	    atomic_load(&r->cancel->level) != CANCEL_NONE)
		next = count;
	if (next < count)
		q->next++;
	pthread_mutex_unlock(&q->lock);
	return next;
}

static void
host_ended(struct queue *q, const struct target *t, const struct outcome *o)
{
	if (q->r->sink)
		q->r->sink->ops->end(q->r->sink, t, o);
	pthread_mutex_lock(&q->lock);
	if (o->status > q->status)
		q->status = o->status;
	q->failed += o->status != 0;
	if (q->r->ended)
		q->r->ended(q->r->arg, t, o);
	pthread_mutex_unlock(&q->lock);
}

static void
fail_host(struct outcome *o, const struct fault *f)
{
	*o = (struct outcome){
	    .class = f->class, .status = status_of_class(f->class)};
	memcpy(o->text, f->text, sizeof(f->text));
}

static void
host_started(struct queue *q, const struct target *t)
{
	pthread_mutex_lock(&q->lock);
	if (q->r->started)
		q->r->started(q->r->arg, t);
	pthread_mutex_unlock(&q->lock);
}

static void
run_host(struct queue *q, size_t host, const struct wait *wait)
{
	const struct runner *r = q->r;
	struct settings settings;
	struct outcome o;
	struct fault f = {0};
	struct target target = {.index = host,
	    .label = r->labels[host],
	    .access = r->access,
	    .wait = wait,
	    .wait_time = r->wait_time};

	host_started(q, &target);
	if (sshconfig_settings(
		r->config, host_list_get(r->hosts, host), &settings, &f)) {
		fail_host(&o, &f);
		host_ended(q, &target, &o);
		return;
	}
	target.settings = &settings;
	r->run(r->run_arg, &target, &o);
	host_ended(q, &target, &o);
	settings_release(&settings);
}

/* Those whose turn did not come: they failed nothing, and succeeded not. */
static void
end_rest(struct queue *q)
{
	const struct runner *r = q->r;
	struct outcome o = {.class = FAULT_CANCELLED,
	    .not_started = true,
	    .text = "not started"};
	struct wait wait = {.cancel = r->cancel, .wake = r->wake};
	size_t count = host_list_count(r->hosts);

	for (; q->next < count; q->next++) {
		struct target target = {.index = q->next,
		    .label = r->labels[q->next],
		    .access = r->access,
		    .wait = &wait};

		host_ended(q, &target, &o);
	}
}

static void *
worker_main(void *arg)
{
	struct worker *w = arg;
	struct queue *q = w->queue;
	size_t host, count = host_list_count(q->r->hosts);
	struct wait wait = {.cancel = q->r->cancel, .wake = &w->wake};

	while ((host = take_next(q)) < count)
		run_host(q, host, &wait);
	if (q->r->sink)
		q->r->sink->ops->leave(q->r->sink, &w->wake);
	pthread_mutex_lock(&q->lock);
	q->running--;
	pthread_mutex_unlock(&q->lock);
	wake_notify(&q->done);
	return NULL;
}

/* As many descriptors as we may have, where the usual number is too few.
 * Returns for how many hosts at a time they will do. */
static size_t
raise_limit(size_t hosts)
{
	rlim_t wanted = hosts * RUNNER_FDS + RUNNER_OWN_FDS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= wanted)
		return hosts;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) &&
	    getrlimit(RLIMIT_NOFILE, &limit))
		return hosts;
	if (limit.rlim_cur >= wanted)
		return hosts;
	return limit.rlim_cur > RUNNER_OWN_FDS + RUNNER_FDS
	    ? (limit.rlim_cur - RUNNER_OWN_FDS) / RUNNER_FDS
	    : 1;
}

static int
start_worker(struct queue *q, struct worker *w, pthread_attr_t *attr)
{
	int error;

	w->queue = q;
	if (wake_open(&w->wake))
		return errno;
	q->running++;
	error = pthread_create(&w->thread, attr, worker_main, w);
	if (error) {
		q->running--;
		wake_close(&w->wake);
	}
	return error;
}

/* At least one thread is started, or -1: the rest of the hosts wait. */
static int
start_workers(struct queue *q, size_t wanted, struct fault *f)
{
	pthread_attr_t attr;
	int error = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, RUNNER_STACK);
	pthread_mutex_lock(&q->lock);
	while (q->n_workers < wanted && !error) {
		error = start_worker(q, &q->workers[q->n_workers], &attr);
		q->n_workers += !error;
	}
	pthread_mutex_unlock(&q->lock);
	pthread_attr_destroy(&attr);
	if (!q->n_workers)
		return fault_set(f, FAULT_SYSTEM, error, "threads");
	return 0;
}

/* Passes wake-ups on to all threads until the last has ended. */
static void
supervise(struct queue *q)
{
	size_t running = 1, i;

	while (running) {
		struct pollfd fds[] = {
		    {.fd = q->done.read_fd, .events = POLLIN},
		    {.fd = q->r->wake->read_fd, .events = POLLIN},
		};

		clock_tick();
		poll(fds, 2, CLOCK_TICK_MS);
		wake_drain(&q->done);
		if (fds[1].revents)
			wake_drain(q->r->wake);
		for (i = 0; i < q->n_workers && fds[1].revents; i++)
			wake_notify(&q->workers[i].wake);
		if (fds[1].revents)
			gateways_notify(q->r->access->gateways);
		pthread_mutex_lock(&q->lock);
		running = q->running;
		pthread_mutex_unlock(&q->lock);
	}
}

static int
run_queue(struct queue *q, size_t wanted, struct fault *f)
{
	size_t i;

	if (wake_open(&q->done))
		return fault_set(f, FAULT_SYSTEM, errno, "pipe");
	if (start_workers(q, wanted, f)) {
		wake_close(&q->done);
		return -1;
	}
	supervise(q);
	clock_unwatch();
	for (i = 0; i < q->n_workers; i++) {
		pthread_join(q->workers[i].thread, NULL);
		wake_close(&q->workers[i].wake);
	}
	wake_close(&q->done);
	end_rest(q);
	return q->status;
}

int
runner_run(const struct runner *r, struct fault *f)
{
	size_t count = host_list_count(r->hosts);
	size_t wanted = r->jobs && r->jobs < count ? r->jobs : count;
	struct queue q = {.r = r};
	int status;

	wanted = raise_limit(wanted);
	pthread_mutex_init(&q.lock, NULL);
	q.workers = mem_alloc(wanted, sizeof(*q.workers));
	status = run_queue(&q, wanted, f);
	mem_free(q.workers);
	pthread_mutex_destroy(&q.lock);
	return status;
}
