#include "fleet/failed.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fdio.h"
#include "base/mem.h"

enum { FAILED_TEXT_MAX = 128 << 20 };

struct failed {
	const struct host_list *hosts;
	char *path; /* no link: what a link leads to is replaced */
	mode_t mode;
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

static int
write_file(int fd, const struct failed *l, const struct buf *text)
{
	int ret = fchmod(fd, l->mode);

	if (!ret)
		ret = fdio_write_all(fd, buf_str(text), text->len);
	if (close(fd))
		ret = -1;
	return ret;
}

/* 0 or errno. */
static int
replace(const struct failed *l, const struct buf *text)
{
	char *path = mem_printf("%s.XXXXXX", l->path);
	int fd = mkostemp(path, O_CLOEXEC), error = 0;

	if (fd < 0)
		error = errno;
	else if (write_file(fd, l, text) || rename(path, l->path))
		error = errno;
	if (error && fd >= 0)
		unlink(path);
	mem_free(path);
	return error;
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
		error = replace(l, &text);
		pthread_mutex_lock(&l->lock);
		l->error = error;
	}
	pthread_mutex_unlock(&l->lock);
	buf_release(&text);
	return NULL;
}

/* A device or a pipe would be replaced, which nobody wants. */
static int
look_at_path(struct failed *l, const char *path, struct fault *f)
{
	struct stat st;
	mode_t mask = umask(0);

	umask(mask);
	l->mode = 0666 & ~mask;
	l->path = realpath(path, NULL);
	if (!l->path)
		l->path = mem_strdup(path);
	if (stat(l->path, &st))
		return 0;
	if (!S_ISREG(st.st_mode))
		return fault_set(f, FAULT_SYSTEM, 0,
		    "--failed %s: not a regular file", path);
	l->mode = st.st_mode & 07777;
	return 0;
}

static int
start(struct failed *l, const char *path, struct fault *f)
{
	sigset_t all, before;
	struct buf text;
	int error;

	buf_init(&text, FAILED_TEXT_MAX);
	put_all(l, &text);
	error = replace(l, &text);
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
	mem_free(l->path);
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
	if (look_at_path(l, path, f) || start(l, path, f)) {
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
		fault_set(f, FAULT_SYSTEM, error, "--failed %s", l->path);
	failed_free(l);
	return error ? -1 : 0;
}
