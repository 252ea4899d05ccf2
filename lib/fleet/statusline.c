#include "fleet/statusline.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/fdio.h"

enum { STATUSLINE_COLUMNS = 80, STATUSLINE_MAX = 4096 };

/* There is one terminal. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool held;
static bool shown;

bool
statusline_possible(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb");
}

static size_t
columns(void)
{
	struct winsize w;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) || !w.ws_col)
		return STATUSLINE_COLUMNS;
	return w.ws_col;
}

static void
put(const char *bytes, size_t n)
{
	(void)fdio_write_all(STDERR_FILENO, bytes, n);
}

/* With the lock held. */
static void
erase(void)
{
	static const char text[] = "\r\033[J";

	if (shown)
		put(text, sizeof(text) - 1);
	shown = false;
}

void
statusline_draw(const struct statusline *s)
{
	struct buf text;

	buf_init(&text, STATUSLINE_MAX);
	buf_puts(&text, "\r");
	/* a line that ends in the last column would begin another */
	s->draw(s->arg, columns() - 1, &text);
	buf_puts(&text, "\033[K\r");
	pthread_mutex_lock(&lock);
	if (!held && tcgetpgrp(STDERR_FILENO) == getpgrp()) {
		erase();
		put(text.data, text.len);
		shown = true;
	}
	pthread_mutex_unlock(&lock);
	buf_release(&text);
}

void
statusline_erase(void)
{
	pthread_mutex_lock(&lock);
	erase();
	pthread_mutex_unlock(&lock);
}

void
statusline_hold(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&lock);
	erase();
	held = true;
	pthread_mutex_unlock(&lock);
}

void
statusline_release(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&lock);
	held = false;
	pthread_mutex_unlock(&lock);
}
