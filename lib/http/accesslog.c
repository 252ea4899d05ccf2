#include "http/accesslog.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"

enum {
	PENDING_MAX = 1 << 20, /* bytes that wait to be written */
	FIELD_MAX = 2048, /* bytes of a field in a line */
	CLOSE_SECONDS = 2
};

struct accesslog {
	int fd;
	bool started;
	pthread_t thread;
	int (*enter)(void);
	pthread_mutex_t lock; /* guards all below */
	pthread_cond_t changed;
	struct buf pending;
	uint64_t dropped;
	bool ending, ended;
};

struct accesslog *
accesslog_open(const char *path, struct fault *f)
{
	struct accesslog *log;
	pthread_condattr_t clock;
	int fd;

	if (!strcmp(path, "-"))
		fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	else
		fd = open(path,
		    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
	if (fd < 0) {
		fault_set(f, FAULT_SYSTEM, errno, "log %s", path);
		return NULL;
	}
	tzset();
	log = mem_alloc(1, sizeof(*log));
	log->fd = fd;
	pthread_mutex_init(&log->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&log->changed, &clock);
	pthread_condattr_destroy(&clock);
	buf_init(&log->pending, PENDING_MAX);
	return log;
}

int
accesslog_descriptor(const struct accesslog *log)
{
	return log ? log->fd : -1;
}

/* Appends how many lines were lost, once there is room again. */
static void
note_dropped(struct accesslog *log)
{
	if (log->dropped &&
	    !buf_printf(&log->pending,
		"# %llu lines dropped: the log was not written fast enough\n",
		(unsigned long long)log->dropped))
		log->dropped = 0;
}

static void *
run(void *arg)
{
	struct accesslog *log = arg;
	struct buf writing;

	if (log->enter && log->enter())
		return NULL;
	buf_init(&writing, PENDING_MAX);
	pthread_mutex_lock(&log->lock);
	for (;;) {
		struct buf empty = writing;

		while (!log->pending.len && !log->ending)
			pthread_cond_wait(&log->changed, &log->lock);
		if (!log->pending.len)
			break;
		note_dropped(log);
		writing = log->pending;
		log->pending = empty;
		pthread_mutex_unlock(&log->lock);
		/* a full disk or a closed pipe must not end the server */
		fdio_write_all(log->fd, writing.data, writing.len);
		buf_clear(&writing);
		pthread_mutex_lock(&log->lock);
	}
	log->ended = true;
	pthread_cond_broadcast(&log->changed);
	pthread_mutex_unlock(&log->lock);
	buf_release(&writing);
	return NULL;
}

int
accesslog_start(struct accesslog *log, int (*enter)(void))
{
	int error;

	log->enter = enter;
	error = pthread_create(&log->thread, NULL, run, log);
	log->started = !error;
	return error;
}

/* Bytes of a peer as printable ASCII, quotes and backslashes escaped. */
static void
put_escaped(struct buf *to, struct view v)
{
	size_t i;

	if (!v.p || !v.n) {
		buf_putc(to, '-');
		return;
	}
	for (i = 0; i < v.n && i < FIELD_MAX; i++) {
		char c = v.p[i];

		if (c >= ' ' && c < 0x7f && c != '"' && c != '\\')
			buf_putc(to, c);
		else
			buf_printf(to, "\\x%02X", (uint8_t)c);
	}
}

size_t
accesslog_format(struct buf *line, const struct accesslog_entry *e)
{
	char client[ADDRESS_TEXT_MAX], when[64];
	time_t time = (time_t)e->time;
	struct tm tm;
	size_t at;

	address_format(&e->client, client);
	localtime_r(&time, &tm);
	strftime(when, sizeof(when), "%d/%b/%Y:%H:%M:%S %z", &tm);
	buf_printf(line, "%s - - [%s] \"", client, when);
	put_escaped(line, e->line);
	buf_printf(line, "\" %d ", e->status);
	at = line->len;
	buf_puts(line, " \"");
	put_escaped(line, e->referer);
	buf_puts(line, "\" \"");
	put_escaped(line, e->agent);
	buf_puts(line, "\"\n");
	return at;
}

static void
hand_over(struct accesslog *log, const struct buf *parts, size_t n)
{
	size_t i, len = 0;

	for (i = 0; i < n; i++)
		len += parts[i].len;
	pthread_mutex_lock(&log->lock);
	if (!buf_room(&log->pending, len)) {
		log->dropped++;
	} else {
		for (i = 0; i < n; i++)
			buf_append(&log->pending, parts[i].data, parts[i].len);
		pthread_cond_signal(&log->changed);
	}
	pthread_mutex_unlock(&log->lock);
}

void
accesslog_add(
    struct accesslog *log, const struct buf *line, size_t at, uint64_t bytes)
{
	struct buf number;
	struct buf parts[3];

	buf_init(&number, 32);
	buf_printf(&number, "%llu", (unsigned long long)bytes);
	parts[0] = (struct buf){.data = line->data, .len = at};
	parts[1] = number;
	parts[2] = (struct buf){.data = line->data + at, .len = line->len - at};
	hand_over(log, parts, 3);
	buf_release(&number);
}

void
accesslog_note(struct accesslog *log, const char *text)
{
	struct buf line;

	buf_init(&line, 65536);
	buf_puts(&line, "# ");
	put_escaped(&line, view_of(text));
	buf_putc(&line, '\n');
	hand_over(log, &line, 1);
	buf_release(&line);
}

void
accesslog_close(struct accesslog *log)
{
	struct timespec until;
	bool ended;

	if (!log)
		return;
	pthread_mutex_lock(&log->lock);
	log->ending = true;
	pthread_cond_broadcast(&log->changed);
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += CLOSE_SECONDS;
	while (log->started && !log->ended)
		if (pthread_cond_timedwait(&log->changed, &log->lock, &until))
			break;
	ended = log->ended || !log->started;
	pthread_mutex_unlock(&log->lock);
	/* one that still hangs in a write ends with the process */
	if (!ended)
		return;
	if (log->started)
		pthread_join(log->thread, NULL);
	close(log->fd);
	buf_release(&log->pending);
	mem_free(log);
}
