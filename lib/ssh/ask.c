#include "ssh/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/fdio.h"

enum {
	KEY_INTERRUPT = 3,
	KEY_EOF = 4,
	KEY_BACKSPACE = 8,
	KEY_KILL = 21,
	KEY_QUIT = 28,
	KEY_DELETE = 127
};

/* 1: the line is complete; 0: go on; -1: we are to stop. */
static int
take_key(struct secret *answer, char key)
{
	switch (key) {
	case '\n':
	case '\r':
	case KEY_EOF:
		return 1;
	case KEY_INTERRUPT:
		raise(SIGINT);
		return -1;
	case KEY_QUIT:
		raise(SIGQUIT);
		return -1;
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

static int
read_keys(int tty, struct secret *answer, const struct wait *w, struct fault *f)
{
	struct deadline d = deadline_in(-1, "answer", NULL);
	int done = 0;

	while (!done) {
		struct pollfd p = {.fd = tty, .events = POLLIN};
		char key;

		if (wait_poll(w, &p, 1, &d, f))
			return -1;
		if (!p.revents)
			continue;
		if (fdio_read(tty, &key, 1) != 1)
			return fault_set(
			    f, FAULT_AUTH, 0, "the terminal is gone");
		done = take_key(answer, key);
		secret_wipe(&key, 1);
	}
	if (done < 0)
		return fault_set(f, FAULT_CANCELLED, 0, "cancelled");
	return 0;
}

int
ask_secret(const char *prompt, struct secret *answer, const struct wait *w,
    struct fault *f)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct termios before, quiet;
	int ret;

	if (tty < 0)
		return fault_set(
		    f, FAULT_AUTH, 0, "there is no terminal to ask on");
	if (tcgetattr(tty, &before)) {
		close(tty);
		return fault_set(f, FAULT_AUTH, errno, "terminal");
	}
	quiet = before;
	/* signals too are read as keys, so that nothing can leave echo off */
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
	quiet.c_cc[VMIN] = 1;
	quiet.c_cc[VTIME] = 0;
	tcsetattr(tty, TCSAFLUSH, &quiet);
	(void)fdio_write_all(tty, prompt, strlen(prompt));
	ret = read_keys(tty, answer, w, f);
	(void)fdio_write_all(tty, "\n", 1);
	tcsetattr(tty, TCSAFLUSH, &before);
	close(tty);
	return ret;
}
