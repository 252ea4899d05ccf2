/*
 * The loop moves what can be moved (forwards, output, input, the dialogue
 * with sudo) until nothing moves, then waits.  It must not wait while a
 * channel of the session was not looked at since the last packet came: each
 * turn looks at all of them, and a turn in which anything moved is followed
 * by another.
 */
#include "ssh/exec.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/quote.h"
#include "ssh/cmdline.h"

enum {
	EXEC_CHUNK = 32 * 1024,
	EXEC_WINDOW = 1024 * 1024,
	EXEC_HELD_MAX = 64 * 1024,
	EXEC_OPEN_MS = 60000,
	EXEC_SUDO_MS = 120000,
	EXEC_KILL_MS = 5000,
	EXEC_TICK_MS = 1000
};

struct running {
	struct connection *c;
	const struct exec *e;
	struct channel *channel;
	bool eof[2]; /* a stream was read to its end */
	bool broken; /* the channel or connection is gone */
	bool input_ended; /* our side is closed, or about to be */
	bool input_blocked; /* there is input, and no window for it */
	bool input_waits; /* there is no input now */
	size_t in_at, in_len;
	char *in; /* EXEC_CHUNK bytes of input under way */
	struct buf held; /* standard output before sudo's mark */
	bool awaits_verdict; /* a password went out */
	int64_t started; /* when the command began, or the dialogue */
	int stops; /* 1: TERM was sent, 2: KILL */
	int64_t stopped; /* when */
	bool timed_out;
	char chunk[EXEC_CHUNK];
};

static bool
sudo_pending(const struct running *r)
{
	return r->e->sudo && r->e->sudo->state != SUDO_STARTED;
}

static void
output(
    struct running *r, enum channel_stream stream, const char *bytes, size_t n)
{
	if (n)
		r->e->io->output(r->e->io->arg, stream, bytes, n);
}

static void
sudo_verdict(struct running *r, enum password_verdict verdict)
{
	if (!r->awaits_verdict)
		return;
	r->awaits_verdict = false;
	r->e->password->verdict(r->e->password->arg, verdict);
}

/* The mark has come: what was held back is the command's. */
static void
sudo_begun(struct running *r, const char *rest, size_t n)
{
	sudo_verdict(r, PASSWORD_ACCEPTED);
	diag_verbose(2, "sudo: the command has started");
	output(r, CHANNEL_STDOUT, buf_str(&r->held), r->held.len);
	buf_release(&r->held);
	output(r, CHANNEL_STDERR, rest, n);
	r->started = clock_now();
}

static void
got_output(struct running *r, enum channel_stream stream, size_t n)
{
	size_t rest;

	if (!sudo_pending(r)) {
		output(r, stream, r->chunk, n);
	} else if (stream == CHANNEL_STDOUT) {
		buf_append(&r->held, r->chunk, n);
	} else if (sudo_feed(r->e->sudo, r->chunk, n, &rest) == SUDO_STARTED) {
		sudo_begun(r, r->chunk + n - rest, rest);
	}
}

static size_t
room_for(struct running *r, enum channel_stream stream)
{
	size_t room = r->e->io->room(r->e->io->arg, stream);

	/* what is held, and the rest behind the mark, must fit at once */
	if (sudo_pending(r)) {
		size_t held = stream == CHANNEL_STDOUT ? r->held.len : 0;
		size_t max = room < EXEC_HELD_MAX ? room : EXEC_HELD_MAX;

		room = max > held ? max - held : 0;
	}
	return room < EXEC_CHUNK ? room : EXEC_CHUNK;
}

static bool
pump_stream(struct running *r, enum channel_stream stream)
{
	size_t room;
	ssize_t n;

	if (r->eof[stream] || r->broken)
		return false;
	room = room_for(r, stream);
	if (room == 0)
		return false;
	n = channel_read(r->channel, stream, r->chunk, room);
	if (n == CHANNEL_AGAIN)
		return false;
	if (n > 0)
		got_output(r, stream, (size_t)n);
	else if (n == CHANNEL_EOF)
		r->eof[stream] = true;
	else
		r->broken = true;
	return true;
}

static void
fill_input(struct running *r)
{
	ssize_t n = 0;

	if (r->e->io->input)
		n = r->e->io->input(r->e->io->arg, r->in, EXEC_CHUNK);
	r->input_waits = n < 0;
	if (n == 0)
		r->input_ended = true;
	r->in_at = 0;
	r->in_len = n > 0 ? (size_t)n : 0;
}

static bool
drain_input(struct running *r)
{
	ssize_t n =
	    channel_write(r->channel, r->in + r->in_at, r->in_len - r->in_at);

	r->input_blocked = n == CHANNEL_AGAIN;
	if (n > 0)
		r->in_at += (size_t)n;
	/* nobody reads any more: that is no error of ours */
	if (n == CHANNEL_BROKEN) {
		r->in_at = r->in_len;
		r->input_ended = true;
	}
	return n != CHANNEL_AGAIN;
}

static bool
pump_input(struct running *r)
{
	if (r->broken || sudo_pending(r))
		return false;
	if (r->in_at == r->in_len && !r->input_ended)
		fill_input(r);
	if (r->in_at < r->in_len)
		return drain_input(r);
	if (r->input_ended)
		(void)channel_send_eof(r->channel);
	return false;
}

static int
write_all(struct running *r, const char *bytes, size_t n, struct fault *f)
{
	struct deadline d = deadline_in(10000, "room for the password", NULL);

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
 * its own words come before the channel closes. */
static void
sudo_give_up(struct running *r)
{
	sudo_verdict(r, PASSWORD_REJECTED);
	r->input_ended = true;
	(void)channel_send_eof(r->channel);
}

static int
sudo_answer(struct running *r, struct fault *f)
{
	const struct secret *password = NULL;

	if (r->e->password) {
		password = r->e->password->get(
		    r->e->password->arg, transport_waits(r->c->t), f);
		if (!password && f->class == FAULT_CANCELLED)
			return -1;
	}
	if (!password) {
		sudo_give_up(r);
		sudo_answered(r->e->sudo);
		return 0;
	}
	r->awaits_verdict = true;
	if (write_all(r, secret_bytes(password), secret_len(password), f) ||
	    write_all(r, "\n", 1, f))
		return -1;
	r->started = clock_now();
	sudo_answered(r->e->sudo);
	return 0;
}

static int
pump_sudo(struct running *r, struct fault *f)
{
	if (!r->e->sudo)
		return 0;
	if (r->e->sudo->state == SUDO_ASKING)
		return sudo_answer(r, f);
	if (r->e->sudo->state == SUDO_REFUSED && !r->input_ended)
		sudo_give_up(r);
	return 0;
}

static bool
finished(struct running *r)
{
	int status;
	const char *name;

	if (r->broken)
		return true;
	if (!r->eof[CHANNEL_STDOUT] || !r->eof[CHANNEL_STDERR])
		return false;
	return channel_end(r->channel, &status, &name) != CHANNEL_UNKNOWN ||
	    channel_closed_by_peer(r->channel);
}

/* A second channel on the same connection finds the command and signals it. */
static void
send_signal(struct running *r, const char *name)
{
	struct deadline d = deadline_in(EXEC_KILL_MS, "answer", NULL);
	struct channel *k;
	struct buf line;
	struct fault ignored = {0};

	buf_init(&line, 4096);
	cmdline_kill(&line, name);
	k = channel_open_session(r->c->t, EXEC_CHUNK, &d, &ignored);
	if (k) {
		(void)channel_exec(k, buf_str(&line), &d, &ignored);
		(void)channel_send_eof(k);
	}
	buf_release(&line);
	r->stops++;
	r->stopped = clock_now();
	diag_verbose(1, "sent SIG%s to the command", name);
}

static const char *
signal_name(int number)
{
	switch (number) {
	case SIGINT:
		return "INT";
	case SIGHUP:
		return "HUP";
	case SIGQUIT:
		return "QUIT";
	default:
		return "TERM";
	}
}

/* What ends a command early: our being asked to, and its time limit. */
static int
check_stop(struct running *r, struct fault *f)
{
	const struct cancel *cancel = transport_waits(r->c->t)->cancel;
	bool asked = atomic_load(&cancel->level) >= CANCEL_GENTLE;
	int64_t now = clock_now();

	if (r->e->time_limit && !sudo_pending(r) &&
	    now - r->started >= r->e->time_limit)
		r->timed_out = true;
	if (!asked && !r->timed_out)
		return 0;
	if (r->stops == 0)
		send_signal(r,
		    asked ? signal_name(atomic_load(&cancel->signal)) : "TERM");
	else if (r->stops == 1 && now - r->stopped >= EXEC_KILL_MS)
		send_signal(r, "KILL");
	else if (r->stops == 2 && now - r->stopped >= EXEC_KILL_MS)
		return fault_set(f, FAULT_CANCELLED, 0,
		    "the command may still run on the host");
	return 0;
}

static int
check_alive(struct running *r, struct fault *f)
{
	const struct settings *s = r->c->settings;
	int64_t interval = s->server_alive_interval;
	int64_t silent = clock_now() - transport_last_byte(r->c->t);

	if (sudo_pending(r) && clock_now() - r->started >= EXEC_SUDO_MS)
		return fault_set(f, FAULT_SUDO, 0, "sudo says nothing in %d s",
		    EXEC_SUDO_MS / 1000);
	if (interval <= 0 || silent < interval)
		return 0;
	if (silent >= interval * s->server_alive_count_max)
		return fault_set(f, FAULT_LOST, 0,
		    "the connection was lost: no answer in %lld s "
		    "(-o ServerAliveInterval, -o ServerAliveCountMax)",
		    (long long)silent / 1000);
	transport_keepalive(r->c->t, interval);
	return 0;
}

static int
wait_for_more(struct running *r, struct fault *f)
{
	struct deadline tick = deadline_in(EXEC_TICK_MS, NULL, NULL);
	struct pollfd input = {.fd = -1, .events = POLLIN};

	if (r->input_waits && !r->input_ended)
		input.fd = r->e->io->input_fd;
	return connection_wait(r->c, &input, 1, &tick, f);
}

/* One turn: 1 when the command has ended, 0 to go on, -1 with a fault. */
static int
turn(struct running *r, struct fault *f)
{
	bool moved = connection_pump(r->c);

	moved |= pump_stream(r, CHANNEL_STDERR);
	moved |= pump_stream(r, CHANNEL_STDOUT);
	if (pump_sudo(r, f))
		return -1;
	moved |= pump_input(r);
	if (finished(r))
		return 1;
	if (check_stop(r, f) || check_alive(r, f))
		return -1;
	if (moved)
		return 0;
	if (!transport_ended(r->c->t))
		return wait_for_more(r, f);
	/* the end of the connection has come, and all was read before it */
	if (r->e->io->room(r->e->io->arg, CHANNEL_STDOUT) &&
	    r->e->io->room(r->e->io->arg, CHANNEL_STDERR))
		r->broken = true;
	return 0;
}

static int
sudo_fault(struct running *r, struct fault *f)
{
	struct buf words;

	buf_init(&words, 800);
	sudo_words(r->e->sudo, &words);
	if (!words.len)
		quote_printable(&words, buf_str(&r->held), r->held.len);
	if (f->class == FAULT_SUDO)
		fault_prefix(f, "sudo");
	else if (r->e->sudo->state == SUDO_REFUSED)
		fault_set(f, FAULT_SUDO, 0,
		    "sudo: the password was refused (%s)", buf_str(&words));
	else
		fault_set(f, FAULT_SUDO, 0, "sudo: %s",
		    words.len ? buf_str(&words) : "it ended without a word");
	buf_release(&words);
	return -1;
}

static int
stop_fault(struct running *r, struct fault *f)
{
	if (r->timed_out)
		return fault_set(f, FAULT_TIMEOUT, 0, "ended after %lld s (-T)",
		    (long long)r->e->time_limit / 1000);
	return fault_set(f, FAULT_CANCELLED, 0, "cancelled");
}

static int
take_result(struct running *r, struct exec_result *result, struct fault *f)
{
	const char *name;

	result->end = channel_end(r->channel, &result->status, &name);
	snprintf(result->signal_name, sizeof(result->signal_name), "%s", name);
	if (r->stops)
		return stop_fault(r, f);
	if (sudo_pending(r) && !transport_ended(r->c->t))
		return sudo_fault(r, f);
	if (result->end != CHANNEL_UNKNOWN)
		return 0;
	return fault_set(f, FAULT_LOST, 0,
	    "the connection was lost before the command ended");
}

static int
start(struct running *r, struct fault *f)
{
	struct deadline d = deadline_in(EXEC_OPEN_MS, "command started", NULL);

	r->channel = channel_open_session(r->c->t, EXEC_WINDOW, &d, f);
	if (!r->channel || channel_exec(r->channel, r->e->command, &d, f))
		return -1;
	transport_settle(r->c->t);
	r->started = clock_now();
	return 0;
}

int
exec_run(struct connection *c, const struct exec *e, struct exec_result *result,
    struct fault *f)
{
	struct running *r = mem_alloc(1, sizeof(*r));
	int ret;

	fault_clear(f);
	r->c = c;
	r->e = e;
	r->in = mem_alloc(1, EXEC_CHUNK);
	buf_init(&r->held, EXEC_HELD_MAX);
	ret = start(r, f);
	/* from here on, being asked to stop means to stop the command */
	transport_be_patient(c->t, CANCEL_GENTLE);
	while (ret == 0)
		ret = turn(r, f);
	if (ret > 0)
		ret = take_result(r, result, f);
	transport_be_patient(c->t, CANCEL_NONE);
	sudo_verdict(r, PASSWORD_UNTRIED);
	channel_abandon(r->channel);
	buf_release(&r->held);
	mem_free(r->in);
	mem_free(r);
	return ret;
}

struct quiet {
	struct buf *output;
	const struct exec_io *input;
};

static size_t
quiet_room(void *arg, enum channel_stream stream)
{
	(void)arg;
	(void)stream;
	return EXEC_CHUNK;
}

static void
quiet_output(void *arg, enum channel_stream stream, const char *bytes, size_t n)
{
	struct quiet *q = arg;

	if (stream == CHANNEL_STDOUT)
		(void)buf_append(q->output, bytes, n);
	else
		diag_verbose(1, "%.*s", (int)n, bytes);
}

static ssize_t
quiet_input(void *arg, char *bytes, size_t n)
{
	struct quiet *q = arg;

	return q->input ? q->input->input(q->input->arg, bytes, n) : 0;
}

int
exec_quiet(struct connection *c, const char *command,
    const struct exec_io *input, struct buf *output_to, const char *what,
    struct fault *f)
{
	struct quiet q = {.output = output_to, .input = input};
	struct exec_io io = {.arg = &q,
	    .room = quiet_room,
	    .output = quiet_output,
	    .input = quiet_input,
	    .input_fd = -1};
	struct exec e = {.command = command, .io = &io};
	struct exec_result result = {0};

	if (exec_run(c, &e, &result, f))
		return fault_prefix(f, "%s", what);
	return result.end == CHANNEL_EXITED ? result.status : 128;
}
