#include "http/server.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>

#include "base/mem.h"
#include "http/worker.h"

enum {
	STACK = 256 << 10, /* bytes of a thread's */
	PEER_SHARE = 4, /* one address may have a fourth of the connections */
	RESERVE = 32 /* descriptors for what is no connection */
};

struct server {
	struct server_settings set;
	atomic_int connections;
	atomic_int draining;
	atomic_int serving; /* threads */
	struct wake drained;
	struct peers *peers;
	int limit; /* of connections */
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	int ready; /* threads that serve */
	int failed; /* threads that could not */
	int n;
	struct worker workers[];
};

size_t
server_descriptors(const struct listeners *l, const struct site *site,
    const struct accesslog *log, int fds[SERVER_DESCRIPTORS_MAX])
{
	size_t n = site_descriptors(site, fds);

	memcpy(fds + n, l->fd, l->n * sizeof(*fds));
	n += l->n;
	fds[n] = accesslog_descriptor(log);
	return n + 1;
}

/* What of the descriptors connections may take: the rest is for files. */
static int
connection_limit(int wanted)
{
	struct rlimit files;
	rlim_t limit;

	if (getrlimit(RLIMIT_NOFILE, &files))
		return wanted;
	/* the command was forked with the limit that it shall have */
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_cur == RLIM_INFINITY)
		return wanted;
	limit = files.rlim_cur;
	limit = limit > 4 * RESERVE ? limit - RESERVE - limit / 8 : limit / 2;
	return limit < (rlim_t)wanted ? (int)limit : wanted;
}

static void
report(struct server *s, int failed)
{
	pthread_mutex_lock(&s->lock);
	if (failed)
		s->failed++;
	else
		s->ready++;
	pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

static void *
run(void *arg)
{
	struct worker *w = arg;
	int failed = w->set->enter ? w->set->enter() : 0;

	report(w->server, failed);
	if (!failed)
		worker_run(w);
	return NULL;
}

static int
start_one(struct server *s, int i)
{
	struct worker *w = &s->workers[i];
	pthread_attr_t attr;
	int error = 0;

	w->server = s;
	w->set = &s->set;
	w->connections = &s->connections;
	w->peers = s->peers;
	w->draining = &s->draining;
	w->drained = &s->drained;
	w->limit = s->limit;
	w->all = s->workers;
	w->serving = &s->serving;
	if (worker_init(w)) {
		error = errno;
		worker_release(w);
		return error;
	}
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	error = pthread_create(&w->thread, &attr, run, w);
	pthread_attr_destroy(&attr);
	if (error) {
		worker_release(w);
		return error;
	}
	s->n++;
	return 0;
}

/* Until all that were started serve, or could not. */
static void
await_threads(struct server *s)
{
	pthread_mutex_lock(&s->lock);
	while (s->ready + s->failed < s->n)
		pthread_cond_wait(&s->changed, &s->lock);
	pthread_mutex_unlock(&s->lock);
	atomic_store(&s->serving, s->n);
}

struct server *
server_start(const struct server_settings *set, struct fault *f)
{
	size_t size = (size_t)set->threads * sizeof(struct worker);
	struct server *s = mem_alloc(1, sizeof(*s) + size);
	int error = 0;

	s->set = *set;
	s->limit = connection_limit(set->max_connections);
	s->peers = peers_new(s->limit / PEER_SHARE + 1);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	if (wake_open(&s->drained))
		error = errno;
	if (!error && set->log)
		error = accesslog_start(set->log, set->enter);
	while (!error && s->n < set->threads)
		error = start_one(s, s->n);
	await_threads(s);
	if (!error && !s->failed)
		return s;
	fault_set(f, FAULT_SYSTEM, error, "serving thread: cannot %s",
	    error ? "be started" : "enter the sandbox");
	server_stop(s, NULL);
	return NULL;
}

static void
add_counts(struct server_counts *to, const struct server_counts *from)
{
	to->requests += from->requests;
	to->bytes += from->bytes;
	to->connections += from->connections;
	to->errors += from->errors;
	to->left_root += from->left_root;
}

void
server_stop(struct server *s, struct server_counts *counts)
{
	int i;

	for (i = 0; i < s->n; i++) {
		atomic_store(&s->workers[i].ending, 1);
		wake_notify(&s->workers[i].wake);
	}
	for (i = 0; i < s->n; i++) {
		pthread_join(s->workers[i].thread, NULL);
		worker_release(&s->workers[i]);
		if (counts)
			add_counts(counts, &s->workers[i].counts);
	}
	if (counts)
		counts->clients = peers_count(s->peers);
	accesslog_close(s->set.log);
	peers_free(s->peers);
	wake_close(&s->drained);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->changed);
	mem_free(s);
}

int
server_drain(struct server *s)
{
	int i;

	atomic_store(&s->draining, 1);
	for (i = 0; i < s->n; i++)
		wake_notify(&s->workers[i].wake);
	if (atomic_load(&s->connections) == 0)
		wake_notify(&s->drained);
	return s->drained.read_fd;
}
