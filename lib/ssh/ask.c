#include "ssh/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"

enum {
	KEY_INTERRUPT = 3,
	KEY_EOF = 4,
	KEY_BACKSPACE = 8,
	KEY_KILL = 21,
	KEY_STOP = 26,
	KEY_QUIT = 28,
	KEY_DELETE = 127
};

struct question {
	int tty;
	const char *prompt;
	bool echo;
	struct secret *answer;
};

/* 1: the line is complete; 0: go on; below 0: the signal that the key stands
 * for. */
static int
take_key(struct secret *answer, char key)
{
	switch (key) {
	case '\n':
	case '\r':
	case KEY_EOF:
		return 1;
	case KEY_INTERRUPT:
		return -SIGINT;
	case KEY_QUIT:
		return -SIGQUIT;
	case KEY_STOP:
		return -SIGTSTP;
	case KEY_BACKSPACE:
	case KEY_DELETE:
		secret_backspace(answer);
		return 0;
	case KEY_KILL:
		secret_clear(answer);
		return 0;
	default:
		(void)secret_append(answer, key);
		return 0;
	}
}

/* As a terminal would. */
static void
show_key(int tty, char key, const struct secret *so_far)
{
	size_t n = secret_len(so_far);

	if (key == KEY_BACKSPACE || key == KEY_DELETE)
		n = n > 0;
	else if (key != KEY_KILL)
		n = 0;
	for (; n > 0; n--)
		(void)fdio_write_all(tty, "\b \b", 3);
	if ((unsigned char)key >= ' ' && key != KEY_DELETE)
		(void)fdio_write_all(tty, &key, 1);
}

/* 0 when the line is complete; 1 when a key stands for *signal. */
static int
read_keys(const struct question *q, int *signal, const struct wait *w,
    struct fault *f)
{
	struct deadline d = deadline_in(-1, "answer", NULL);
	int done = 0;

	while (!done) {
		struct pollfd p = {.fd = q->tty, .events = POLLIN};
		char key;

		if (wait_poll(w, &p, 1, &d, f))
			return -1;
		if (!p.revents)
			continue;
		if (fdio_read(q->tty, &key, 1) != 1)
			return fault_set(
			    f, FAULT_AUTH, 0, "the terminal is gone");
		if (q->echo)
			show_key(q->tty, key, q->answer);
		done = take_key(q->answer, key);
		secret_wipe(&key, 1);
	}
	*signal = -done;
	return done < 0;
}

/* One question at a time, and who is told of them. */
static struct {
	pthread_mutex_t lock;
	void (*before)(void *arg);
	void (*after)(void *arg);
	void *arg;
} screen = {.lock = PTHREAD_MUTEX_INITIALIZER};

void
ask_set_screen(void (*before)(void *arg), void (*after)(void *arg), void *arg)
{
	pthread_mutex_lock(&screen.lock);
	screen.before = before;
	screen.after = after;
	screen.arg = arg;
	pthread_mutex_unlock(&screen.lock);
}

static int
ask_once(const struct question *q, int *signal, const struct wait *w,
    struct fault *f)
{
	struct termios before, quiet;
	int ret;

	if (tcgetattr(q->tty, &before))
		return fault_set(f, FAULT_AUTH, errno, "terminal");
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
	quiet.c_cc[VMIN] = 1;
	quiet.c_cc[VTIME] = 0;
	tcsetattr(q->tty, TCSAFLUSH, &quiet);
	diag_flush();
	(void)fdio_write_all(q->tty, q->prompt, strlen(q->prompt));
	ret = read_keys(q, signal, w, f);
	(void)fdio_write_all(q->tty, "\n", 1);
	tcsetattr(q->tty, TCSAFLUSH, &before);
	return ret;
}

/* Signals too are read as keys, and come when the terminal is as it was, so
 * that nothing can leave echo off.  Whoever was stopped is asked again. */
static int
ask_on(const struct question *q, const struct wait *w, struct fault *f)
{
	int ret, signal = 0;

	for (;;) {
		ret = ask_once(q, &signal, w, f);
		if (ret <= 0)
			return ret;
		if (signal != SIGTSTP)
			break;
		secret_clear(q->answer);
		kill(0, SIGTSTP);
	}
	raise(signal);
	return fault_set(f, FAULT_CANCELLED, 0, "cancelled");
}

int
ask_answer(const char *prompt, bool echo, struct secret *answer,
    const struct wait *w, struct fault *f)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct question q = {
	    .tty = tty, .prompt = prompt, .echo = echo, .answer = answer};
	int ret;

	if (tty < 0)
		return fault_set(
		    f, FAULT_AUTH, 0, "there is no terminal to ask on");
	pthread_mutex_lock(&screen.lock);
	ret = wait_cancelled(w, f);
	if (!ret && screen.before)
		screen.before(screen.arg);
	if (!ret)
		ret = ask_on(&q, w, f);
	if (screen.after)
		screen.after(screen.arg);
	pthread_mutex_unlock(&screen.lock);
	close(tty);
	return ret;
}

int
ask_secret(const char *prompt, struct secret *answer, const struct wait *w,
    struct fault *f)
{
	return ask_answer(prompt, false, answer, w, f);
}
