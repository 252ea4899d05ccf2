#include "fleet/failed.h"

#include <pthread.h>
#include <signal.h>

#include "base/buf.h"
#include "base/mem.h"
#include "fleet/listfile.h"

enum { FAILED_TEXT_MAX = 128 << 20 };

struct failed {
	const struct host_list *hosts;
	struct listfile file;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	char **reasons; /* one a host; NULL: it has succeeded */
	bool dirty, closing;
	int error;
};

/* With the lock held. */
static void
put_all(const struct failed *l, struct buf *to)
{
	size_t n = host_list_count(l->hosts), i;

	for (i = 0; i < n; i++) {
		const struct host *h = host_list_get(l->hosts, i);

		if (!l->reasons[i])
			continue;
		host_print(to, h);
		if (h->options && *h->options)
			buf_printf(to, " %s", h->options);
		buf_printf(to, " # %s\n", l->reasons[i]);
	}
}

static void *
failed_main(void *arg)
{
	struct failed *l = arg;
	struct buf text;

	buf_init(&text, FAILED_TEXT_MAX);
	pthread_mutex_lock(&l->lock);
	while (l->dirty || !l->closing) {
		int error;

		if (!l->dirty) {
			pthread_cond_wait(&l->changed, &l->lock);
			continue;
		}
		l->dirty = false;
		buf_clear(&text);
		put_all(l, &text);
		pthread_mutex_unlock(&l->lock);
		error = listfile_replace(&l->file, &text);
		pthread_mutex_lock(&l->lock);
		l->error = error;
	}
	pthread_mutex_unlock(&l->lock);
	buf_release(&text);
	return NULL;
}

static int
start(struct failed *l, const char *path, struct fault *f)
{
	sigset_t all, before;
	struct buf text;
	int error;

	buf_init(&text, FAILED_TEXT_MAX);
	put_all(l, &text);
	error = listfile_replace(&l->file, &text);
	buf_release(&text);
	if (error)
		return fault_set(f, FAULT_SYSTEM, error, "--failed %s", path);
	/* signals are for the main thread */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&l->thread, NULL, failed_main, l);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error)
		return fault_set(f, FAULT_SYSTEM, error, "thread for --failed");
	return 0;
}

static void
failed_free(struct failed *l)
{
	size_t n = host_list_count(l->hosts), i;

	for (i = 0; i < n; i++)
		mem_free(l->reasons[i]);
	mem_free(l->reasons);
	pthread_cond_destroy(&l->changed);
	pthread_mutex_destroy(&l->lock);
	listfile_release(&l->file);
	mem_free(l);
}

struct failed *
failed_open(const char *path, const struct host_list *hosts, struct fault *f)
{
	struct failed *l = mem_alloc(1, sizeof(*l));
	size_t n = host_list_count(hosts), i;

	l->hosts = hosts;
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->changed, NULL);
	l->reasons = mem_alloc(n, sizeof(*l->reasons));
	for (i = 0; i < n; i++)
		l->reasons[i] = mem_strdup("not started");
	if (listfile_look(&l->file, "--failed", path, f) || start(l, path, f)) {
		failed_free(l);
		return NULL;
	}
	return l;
}

void
failed_set(struct failed *l, size_t host, const char *reason)
{
	pthread_mutex_lock(&l->lock);
	mem_free(l->reasons[host]);
	l->reasons[host] = reason ? mem_strdup(reason) : NULL;
	l->dirty = true;
	pthread_cond_signal(&l->changed);
	pthread_mutex_unlock(&l->lock);
}

int
failed_close(struct failed *l, struct fault *f)
{
	int error;

	if (!l)
		return 0;
	pthread_mutex_lock(&l->lock);
	l->closing = true;
	pthread_cond_signal(&l->changed);
	pthread_mutex_unlock(&l->lock);
	pthread_join(l->thread, NULL);
	error = l->error;
	if (error)
		fault_set(f, FAULT_SYSTEM, error, "--failed %s", l->file.path);
	failed_free(l);
	return error ? -1 : 0;
}
