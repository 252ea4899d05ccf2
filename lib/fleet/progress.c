#include "fleet/progress.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/mem.h"

enum {
	PROGRESS_TEXT_MAX = 1024,
	PROGRESS_RATE_MS = 1000 /* between looks at the rate */
};

struct progress {
	pthread_mutex_t lock;
	size_t hosts, started, ended, failed;
	bool colour;
	int64_t begun;
	uint64_t expected, moved;
	uint64_t rate; /* bytes a second, smoothed */
	int64_t looked; /* when, and how many bytes had moved */
	uint64_t seen;
};

struct progress *
progress_new(size_t hosts, bool colour)
{
	struct progress *p = mem_alloc(1, sizeof(*p));

	pthread_mutex_init(&p->lock, NULL);
	p->hosts = hosts;
	p->colour = colour;
	p->begun = p->looked = clock_now();
	return p;
}

void
progress_free(struct progress *p)
{
	if (!p)
		return;
	pthread_mutex_destroy(&p->lock);
	mem_free(p);
}

void
progress_started(struct progress *p)
{
	pthread_mutex_lock(&p->lock);
	p->started++;
	pthread_mutex_unlock(&p->lock);
}

void
progress_ended(struct progress *p, bool failed)
{
	pthread_mutex_lock(&p->lock);
	p->ended++;
	p->failed += failed;
	pthread_mutex_unlock(&p->lock);
}

void
progress_expect(struct progress *p, int64_t bytes)
{
	pthread_mutex_lock(&p->lock);
	p->expected += (uint64_t)bytes;
	pthread_mutex_unlock(&p->lock);
}

void
progress_moved(struct progress *p, uint64_t bytes)
{
	pthread_mutex_lock(&p->lock);
	p->moved += bytes;
	pthread_mutex_unlock(&p->lock);
}

static void
put_time(struct buf *to, int64_t ms)
{
	long long s = ms / 1000;

	if (s >= 3600)
		buf_printf(
		    to, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
	else
		buf_printf(to, "%lld:%02lld", s / 60, s % 60);
}

static void
put_size(struct buf *to, uint64_t bytes)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB"};
	double value = (double)bytes / 1000;
	size_t i = 0;

	while (value >= 999.5 && i < 3) {
		value /= 1000;
		i++;
	}
	buf_printf(to, value < 9.95 ? "%.1f %s" : "%.0f %s", value, units[i]);
}

/* The rate follows what was seen in the last second, half of it. */
static void
look_at_rate(struct progress *p, int64_t now)
{
	int64_t span = now - p->looked;
	uint64_t last;

	if (span < PROGRESS_RATE_MS)
		return;
	last = (p->moved - p->seen) * 1000 / (uint64_t)span;
	p->rate = p->rate ? (p->rate + last) / 2 : last;
	p->looked = now;
	p->seen = p->moved;
}

static void
put_bytes(struct progress *p, struct buf *to)
{
	look_at_rate(p, clock_now());
	buf_puts(to, ", ");
	put_size(to, p->moved);
	if (p->expected > p->moved) {
		buf_puts(to, " of ");
		put_size(to, p->expected);
	}
	if (!p->rate)
		return;
	buf_puts(to, ", ");
	put_size(to, p->rate);
	buf_puts(to, "/s");
	if (p->expected <= p->moved)
		return;
	buf_puts(to, ", ");
	put_time(
	    to, (int64_t)((p->expected - p->moved) * 1000 / p->rate) + 999);
	buf_puts(to, " left");
}

/* The text, in which the n bytes from *at are what stands out. */
static void
put_text(struct progress *p, struct buf *to, size_t *at, size_t *n)
{
	buf_printf(to, "%s: %zu of %zu done, %zu running", diag_program(),
	    p->ended, p->hosts, p->started - p->ended);
	*at = to->len + 2;
	if (p->failed)
		buf_printf(to, ", %zu failed", p->failed);
	*n = p->failed ? to->len - *at : 0;
	if (p->expected || p->moved)
		put_bytes(p, to);
	buf_puts(to, ", ");
	put_time(to, clock_now() - p->begun);
}

void
progress_draw(void *progress, size_t columns, struct buf *to)
{
	struct progress *p = progress;
	size_t at, n, len;
	struct buf text;

	buf_init(&text, PROGRESS_TEXT_MAX);
	pthread_mutex_lock(&p->lock);
	put_text(p, &text, &at, &n);
	pthread_mutex_unlock(&p->lock);
	len = text.len < columns ? text.len : columns;
	if (!p->colour || !n || at + n > len) {
		buf_append(to, text.data, len);
	} else {
		buf_append(to, text.data, at);
		buf_puts(to, "\033[31m");
		buf_append(to, text.data + at, n);
		buf_puts(to, "\033[m");
		buf_append(to, text.data + at + n, len - at - n);
	}
	buf_release(&text);
}
