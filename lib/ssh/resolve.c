#include "ssh/resolve.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/mem.h"

enum { RESOLVE_STACK = 256 * 1024 };

/* Shared by the thread and who waits for it; the last frees it. */
struct query {
	pthread_mutex_t lock;
	char *name;
	char service[16];
	struct addrinfo hints, *found;
	int rc, error;
	bool done;
	struct wake *wake; /* NULL: nobody waits any more */
};

static void
query_free(struct query *q)
{
	if (q->found)
		freeaddrinfo(q->found);
	pthread_mutex_destroy(&q->lock);
	mem_free(q->name);
	mem_free(q);
}

static void
ask(struct query *q)
{
	q->rc = getaddrinfo(q->name, q->service, &q->hints, &q->found);
	q->error = errno;
}

static void *
query_main(void *arg)
{
	struct query *q = arg;
	bool wanted;

	ask(q);
	pthread_mutex_lock(&q->lock);
	q->done = true;
	wanted = q->wake != NULL;
	if (wanted)
		wake_notify(q->wake);
	pthread_mutex_unlock(&q->lock);
	if (!wanted)
		query_free(q);
	return NULL;
}

/* Whether a thread has been started for it; signals are for others. */
static bool
start(struct query *q)
{
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all, before;
	int error;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, RESOLVE_STACK);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread, &attr, query_main, q);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return !error;
}

/* 0 when it is done and ours to free; -1 with a fault when it was left to its
 * thread. */
static int
await(struct query *q, const struct wait *w, struct fault *f)
{
	struct deadline never = deadline_in(-1, "address", NULL);
	bool done = false;
	int ret = 0;

	while (!done && !ret) {
		pthread_mutex_lock(&q->lock);
		done = q->done;
		pthread_mutex_unlock(&q->lock);
		if (!done)
			ret = wait_poll(w, NULL, 0, &never, f);
	}
	if (done)
		return 0;
	pthread_mutex_lock(&q->lock);
	done = q->done;
	q->wake = NULL;
	pthread_mutex_unlock(&q->lock);
	if (done)
		query_free(q);
	return -1;
}

static int
take_answer(struct query *q, struct addrinfo **found, struct fault *f)
{
	int rc = q->rc;

	*found = q->found;
	q->found = NULL;
	if (rc == EAI_SYSTEM)
		return fault_set(f, FAULT_CONNECT, q->error, "%s", q->name);
	if (rc)
		return fault_set(
		    f, FAULT_CONNECT, 0, "%s: %s", q->name, gai_strerror(rc));
	return 0;
}

int
resolve(const char *name, int port, const struct addrinfo *hints,
    const struct wait *w, struct addrinfo **found, struct fault *f)
{
	struct query *q = mem_alloc(1, sizeof(*q));
	bool numeric = hints->ai_flags & AI_NUMERICHOST;
	int ret;

	pthread_mutex_init(&q->lock, NULL);
	q->name = mem_strdup(name);
	snprintf(q->service, sizeof(q->service), "%d", port);
	q->hints = *hints;
	q->wake = w->wake;
	/* an address is no question */
	q->hints.ai_flags |= AI_NUMERICHOST;
	ask(q);
	if (q->rc == EAI_NONAME && !numeric) {
		q->hints.ai_flags = hints->ai_flags;
		if (!start(q))
			ask(q);
		else if (await(q, w, f))
			return -1;
	}
	ret = take_answer(q, found, f);
	query_free(q);
	return ret;
}
