#include "fleet/terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "ssh/ttymodes.h"

enum { TERMINAL_MODES_MAX = 1024 };

enum key_state { KEY_LINE, KEY_TILDE, KEY_WITHIN };

struct terminal {
	struct interrupt *interrupt;
	struct exec_terminal exec;
	struct buf modes;
	struct exec_size told; /* the size, last */
	enum key_state keys;
};

/* For the handlers: there is one terminal. */
static struct termios before, raw;
static volatile sig_atomic_t is_raw;
static const struct wake *_Atomic resized;

static const struct exec_terminal no_terminal = {
    .name = "dumb", .modes = (const uint8_t *)"", .n_modes = 1};

static void
restore(void)
{
	if (is_raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

static void
handle_end(int number)
{
	restore();
	signal(number, SIG_DFL);
	raise(number);
}

static void
handle_stop(int number)
{
	(void)number;
	restore();
	raise(SIGSTOP);
}

static void
handle_change(int number)
{
	const struct wake *wake = atomic_load(&resized);

	if (number == SIGCONT && is_raw && tcgetpgrp(STDIN_FILENO) == getpgrp())
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	if (wake)
		wake_notify(wake);
}

/* Unless the signal is ignored. */
static void
catch_signal(int number, void (*handler)(int))
{
	struct sigaction was, action = {.sa_handler = handler};

	sigaction(number, NULL, &was);
	if (was.sa_handler == SIG_IGN)
		return;
	action.sa_flags = SA_RESTART;
	sigaction(number, &action, NULL);
}

static void
catch_signals(void)
{
	static const int ends[] = {SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGILL,
	    SIGFPE, SIGALRM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU, SIGSYS};
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		catch_signal(ends[i], handle_end);
	catch_signal(SIGTSTP, handle_stop);
	catch_signal(SIGCONT, handle_change);
	catch_signal(SIGWINCH, handle_change);
}

static bool
current_size(void *arg, struct exec_size *size)
{
	struct terminal *t = arg;
	struct winsize w;
	bool changed;

	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &w) || !w.ws_col)
		return false;
	*size = (struct exec_size){.columns = w.ws_col, .rows = w.ws_row};
	changed = memcmp(size, &t->told, sizeof(*size)) != 0;
	t->told = *size;
	return changed;
}

struct terminal *
terminal_open(struct interrupt *i)
{
	const char *name = getenv("TERM");
	struct terminal *t;

	if (tcgetattr(STDIN_FILENO, &before))
		return NULL;
	t = mem_alloc(1, sizeof(*t));
	t->interrupt = i;
	buf_init(&t->modes, TERMINAL_MODES_MAX);
	ttymodes_encode(&t->modes, &before);
	t->exec = (struct exec_terminal){
	    .name = name && *name ? name : no_terminal.name,
	    .modes = (const uint8_t *)t->modes.data,
	    .n_modes = t->modes.len,
	    .arg = t,
	    .size = current_size};
	return t;
}

void
terminal_free(struct terminal *t)
{
	if (!t)
		return;
	terminal_leave(t);
	buf_release(&t->modes);
	mem_free(t);
}

const struct exec_terminal *
terminal_for(
    struct terminal *local, int option, const struct settings *s, bool several)
{
	bool force = option > 1 || (!option && s->request_tty == TTY_FORCE);
	bool wanted =
	    force || option == 1 || (!option && s->request_tty == TTY_YES);

	if (!wanted)
		return NULL;
	if (local && !several)
		return &local->exec;
	if (force)
		return &no_terminal;
	diag_note("%s: no terminal for it: %s (-tt gives one)", s->host,
	    several ? "several hosts" : "standard input is none");
	return NULL;
}

bool
terminal_enter(struct terminal *local, const struct exec_terminal *given,
    const struct wake *wake)
{
	if (!local || given != &local->exec)
		return false;
	raw = before;
	raw.c_iflag |= IGNPAR;
	raw.c_iflag &=
	    ~(tcflag_t)(ISTRIP | INLCR | IGNCR | ICRNL | IXON | IXANY | IXOFF);
	raw.c_lflag &=
	    ~(tcflag_t)(ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHONL | IEXTEN);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	local->keys = KEY_LINE;
	catch_signals();
	atomic_store(&resized, wake);
	is_raw = 1;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	return true;
}

void
terminal_leave(struct terminal *local)
{
	if (!local || !is_raw)
		return;
	atomic_store(&resized, NULL);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	is_raw = 0;
}

/* Whether the key is sent on; a ~ that was held back stands before it. */
static bool
take_key(struct terminal *t, char key, bool *held, bool *closed)
{
	enum key_state state = t->keys;

	*held = false;
	t->keys = key == '\r' || key == '\n' ? KEY_LINE : KEY_WITHIN;
	if (state == KEY_LINE && key == '~') {
		t->keys = KEY_TILDE;
		return false;
	}
	if (state != KEY_TILDE)
		return true;
	*closed |= key == '.';
	*held = key != '~' && key != '.';
	return key != '.';
}

/* Takes the escape keys out of n bytes; there is room for one more.  Returns
 * how many are left. */
static size_t
filter(struct terminal *t, char *bytes, size_t n)
{
	char *from = mem_alloc(1, n);
	size_t i, to = 0;
	bool closed = false;

	memcpy(from, bytes, n);
	for (i = 0; i < n && !closed; i++) {
		bool held, sent = take_key(t, from[i], &held, &closed);

		if (held)
			bytes[to++] = '~';
		if (sent)
			bytes[to++] = from[i];
	}
	mem_free(from);
	if (closed)
		interrupt_raise(t->interrupt, CANCEL_HARD, 0);
	return to;
}

ssize_t
terminal_read(struct terminal *t, char *bytes, size_t n)
{
	ssize_t got = fdio_read(STDIN_FILENO, bytes, n - 1);

	if (got < 0)
		return errno == EAGAIN ? -1 : 0;
	if (got == 0)
		return 0;
	n = filter(t, bytes, (size_t)got);
	return n ? (ssize_t)n : -1;
}
