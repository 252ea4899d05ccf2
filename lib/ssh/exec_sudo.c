/*
 * The dialogue of sudo.c, put to use on a running command.
 */
#include <string.h>

#include "base/diag.h"
#include "base/quote.h"
#include "ssh/exec_internal.h"

enum { EXEC_PASSWORD_MS = 10000 };

bool
exec_sudo_pending(const struct running *r)
{
	return r->e->sudo && r->e->sudo->state != SUDO_STARTED;
}

void
exec_sudo_verdict(struct running *r, enum password_verdict verdict)
{
	if (!r->awaits_verdict || !r->e->password)
		return;
	r->awaits_verdict = false;
	password_verdict(r->e->password, verdict);
}

/* The mark has come: what was held back is the command's. */
void
exec_sudo_begun(
    struct running *r, enum channel_stream stream, const char *rest, size_t n)
{
	exec_sudo_verdict(r, PASSWORD_ACCEPTED);
	diag_verbose(2, "sudo: the command has started");
	exec_output(r, CHANNEL_STDOUT, buf_str(&r->held), r->held.len);
	buf_release(&r->held);
	exec_output(r, stream, rest, n);
	r->started = clock_now();
}

static int
write_all(struct running *r, const char *bytes, size_t n, struct fault *f)
{
	struct deadline d =
	    deadline_in(EXEC_PASSWORD_MS, "room for the password", NULL);

	while (n > 0) {
		ssize_t done = channel_write(r->channel, bytes, n);

		if (done > 0) {
			bytes += done;
			n -= (size_t)done;
		} else if (done == CHANNEL_BROKEN) {
			return fault_set(
			    f, FAULT_LOST, 0, "the connection was lost");
		} else if (connection_wait(r->c, NULL, 0, &d, f)) {
			return -1;
		}
	}
	return 0;
}

/* No password, or a wrong one: the end of its input makes sudo give up, and
 * its own words come before the channel closes.  A terminal has no other end
 * than what is typed. */
static int
sudo_give_up(struct running *r, struct fault *f)
{
	static const char key = EXEC_KEY_EOF;

	exec_sudo_verdict(r, PASSWORD_REJECTED);
	r->input_ended = true;
	if (r->e->terminal && write_all(r, &key, 1, f))
		return -1;
	(void)channel_send_eof(r->channel);
	return 0;
}

/* While a person is asked, or another host's answer is awaited: a server that
 * gets no answer to its own keep-alives (ClientAliveInterval) hangs up. */
static void
keep_up(void *arg)
{
	struct running *r = arg;

	(void)connection_pump(r->c);
	channel_take_in(r->channel);
}

static int
sudo_answer(struct running *r, struct fault *f)
{
	const struct secret *password = NULL;
	/* there is no command yet that could be ended instead of us */
	struct wait wait = *transport_waits(r->c->t);

	wait.patience = CANCEL_NONE;
	wait.meanwhile = keep_up;
	wait.arg = r;
	if (r->e->password) {
		password =
		    password_get(r->e->password, r->c->settings, &wait, f);
		if (!password && f->class == FAULT_CANCELLED)
			return -1;
	}
	if (!password) {
		if (sudo_give_up(r, f))
			return -1;
		sudo_answered(r->e->sudo);
		return 0;
	}
	r->awaits_verdict = true;
	if (write_all(r, secret_bytes(password), secret_len(password), f) ||
	    write_all(r, "\n", 1, f))
		return -1;
	r->c->sudo_asked = true;
	r->started = clock_now();
	sudo_answered(r->e->sudo);
	return 0;
}

int
exec_sudo_pump(struct running *r, struct fault *f)
{
	if (!r->e->sudo)
		return 0;
	if (r->e->sudo->state == SUDO_ASKING)
		return sudo_answer(r, f);
	if (r->e->sudo->state == SUDO_REFUSED && !r->input_ended)
		return sudo_give_up(r, f);
	return 0;
}

/* sudo has ended behind a password.  With passwd_tries=1 it says that it was
 * wrong without asking again; only where it names another reason does that
 * say nothing about the password. */
static enum password_verdict
verdict_of(const char *words)
{
	return strstr(words, "sudoers") || strstr(words, "not allowed")
	    ? PASSWORD_UNTRIED
	    : PASSWORD_REJECTED;
}

/* What the host has said in the place of sudo, without its last newline. */
static void
put_held(const struct running *r, struct buf *words)
{
	const char *held = buf_str(&r->held);
	size_t n = r->held.len;

	while (n > 0 && strchr("\r\n", held[n - 1]))
		n--;
	quote_printable(words, held, n);
}

int
exec_sudo_fault(struct running *r, struct fault *f)
{
	struct buf words;

	buf_init(&words, 800);
	sudo_words(r->e->sudo, &words);
	exec_sudo_verdict(r, verdict_of(buf_str(&words)));
	if (!words.len)
		put_held(r, &words);
	if (f->class == FAULT_SUDO)
		fault_prefix(f, "sudo");
	else if (r->e->sudo->state == SUDO_REFUSED)
		fault_set(f, FAULT_SUDO, 0,
		    "sudo: the password was refused (%s)", buf_str(&words));
	else
		fault_set(f, FAULT_SUDO, 0, "sudo: %s%s",
		    words.len ? buf_str(&words) : "it ended without a word",
		    sudo_refused_shell(r->e->sudo)
			? " (rules that name commands need --direct)"
			: "");
	buf_release(&words);
	return -1;
}

int
exec_sudo_silent(struct running *r, int seconds, struct fault *f)
{
	struct buf words;

	buf_init(&words, 800);
	sudo_words(r->e->sudo, &words);
	fault_set(f, FAULT_SUDO, 0,
	    "sudo: it neither asked nor started the command in %d s%s%s",
	    seconds, words.len ? ": " : "", buf_str(&words));
	buf_release(&words);
	return -1;
}
