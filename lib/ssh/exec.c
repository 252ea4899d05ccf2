/*
 * The loop moves what can be moved (forwards, output, input, the dialogue
 * with sudo) until nothing moves, then waits.  It must not wait while a
 * channel of the session was not looked at since the last packet came: each
 * turn looks at all of them, and a turn in which anything moved is followed
 * by another.
 */
#include "ssh/exec.h"

#include <stdio.h>

#include "base/mem.h"
#include "ssh/exec_internal.h"

enum {
	EXEC_OPEN_MS = 60000,
	EXEC_CLOSE_MS = 2000,
	EXEC_AGAIN_MS = 50,
	EXEC_TICK_MS = 1000
};

void
exec_output(
    struct running *r, enum channel_stream stream, const char *bytes, size_t n)
{
	if (n)
		r->e->io->output(r->e->io->arg, stream, bytes, n);
}

static void
got_output(
    struct running *r, enum channel_stream stream, const char *bytes, size_t n)
{
	size_t rest;

	if (!exec_sudo_pending(r)) {
		exec_output(r, stream, bytes, n);
	} else if (stream == CHANNEL_STDOUT && !r->e->terminal) {
		buf_append(&r->held, bytes, n);
	} else if (sudo_feed(r->e->sudo, bytes, n, &rest) == SUDO_STARTED) {
		exec_sudo_begun(r, stream, bytes + n - rest, rest);
	}
}

static size_t
room_for(struct running *r, enum channel_stream stream)
{
	size_t room = r->e->io->room(r->e->io->arg, stream);

	/* what is held, and the rest behind the mark, must fit at once */
	if (exec_sudo_pending(r)) {
		size_t held = stream == CHANNEL_STDOUT ? r->held.len : 0;
		size_t max = room < EXEC_HELD_MAX ? room : EXEC_HELD_MAX;

		room = max > held ? max - held : 0;
	}
	return room < EXEC_CHUNK ? room : EXEC_CHUNK;
}

/* Reads up to room bytes of a stream, and passes them on. */
static ssize_t
read_stream(struct running *r, enum channel_stream stream, size_t room)
{
	char *bytes = exec_chunk_take();
	ssize_t n = channel_read(r->channel, stream, bytes, room);

	if (n > 0)
		got_output(r, stream, bytes, (size_t)n);
	exec_chunk_give(bytes);
	return n;
}

/* Also of a stream that has ended, for a server may break its word: nothing else
 * reads from the connection where both have. */
static bool
pump_stream(struct running *r, enum channel_stream stream)
{
	bool ended = r->eof[stream];
	size_t room;
	ssize_t n;

	if (r->broken)
		return false;
	room = room_for(r, stream);
	if (room == 0)
		return false;
	n = read_stream(r, stream, room);
	if (n == CHANNEL_AGAIN)
		return false;
	r->output += n > 0 ? (size_t)n : 0;
	r->eof[stream] = n == CHANNEL_EOF;
	r->broken |= n == CHANNEL_BROKEN;
	return !ended || !r->eof[stream];
}

static bool
has_ended(struct running *r)
{
	int status;
	const char *name;

	return channel_end(r->channel, &status, &name) != CHANNEL_UNKNOWN;
}

static bool
finished(struct running *r)
{
	bool ended;

	if (r->broken)
		return true;
	ended = has_ended(r);
	if (r->eof[CHANNEL_STDOUT] && r->eof[CHANNEL_STDERR])
		return ended || channel_closed_by_peer(r->channel);
	/* children of a command that was stopped are not waited for */
	r->left = ended && r->stops && clock_now() - r->stopped >= EXEC_TICK_MS;
	return r->left;
}

static int
lost_fault(struct running *r, struct fault *f)
{
	if (!r->broken)
		return fault_set(f, FAULT_LOST, 0,
		    "the server closed the command's channel, and told no exit "
		    "status");
	if (transport_breach(r->c->t))
		return fault_set(
		    f, FAULT_LOST, 0, "%s", transport_why(r->c->t));
	return fault_set(f, FAULT_LOST, 0,
	    "the connection was lost before the command ended: %s",
	    transport_why(r->c->t));
}

static int
take_result(struct running *r, struct exec_result *result, struct fault *f)
{
	const char *name;

	result->end = channel_end(r->channel, &result->status, &name);
	snprintf(result->signal_name, sizeof(result->signal_name), "%s", name);
	if (r->stops)
		return exec_stop_fault(r, f);
	if (exec_sudo_pending(r) && !transport_ended(r->c->t))
		return exec_sudo_fault(r, f);
	if (result->end != CHANNEL_UNKNOWN && !transport_breach(r->c->t))
		return 0;
	return lost_fault(r, f);
}

/* A server that allows one session at a time forgets the one before only a
 * moment after it was closed. */
static struct channel *
open_session(struct connection *c, uint32_t window, bool spare,
    const struct deadline *d, struct fault *f)
{
	struct deadline late = deadline_in(EXEC_CLOSE_MS, NULL, NULL);
	struct channel *channel;

	do {
		struct deadline again = deadline_in(EXEC_AGAIN_MS, NULL, NULL);

		channel = channel_open_session(c->t, window, d, f);
		if (channel || !c->sessions || spare ||
		    f->class != FAULT_CONNECT ||
		    connection_wait(c, NULL, 0, &again, f))
			return channel;
	} while (deadline_left(&late));
	return channel_open_session(c->t, window, d, f);
}

static int
start_command(struct running *r, const struct deadline *d, struct fault *f)
{
	if (r->c->forwards_agent && !r->e->ours &&
	    channel_request_agent(r->channel, d, f))
		return -1;
	if (exec_terminal_request(r, d, f))
		return -1;
	return channel_exec(r->channel, r->e->command, d, f);
}

static int
start(struct running *r, struct fault *f)
{
	struct deadline d = deadline_in(EXEC_OPEN_MS, "command started", NULL);
	const struct exec *e = r->e;

	r->channel = open_session(
	    r->c, e->window ? e->window : r->c->window, e->spare, &d, f);
	if (!r->channel)
		return -1;
	if (e->subsystem && channel_subsystem(r->channel, e->subsystem, &d, f))
		return -1;
	if (!e->subsystem && start_command(r, &d, f))
		return -1;
	r->c->sessions++;
	transport_settle(r->c->t);
	r->started = clock_now();
	return 0;
}

/* A server may allow but one session at a time: the next command waits for the
 * end of this one. */
static void
close_channel(struct running *r)
{
	struct deadline d = deadline_in(EXEC_CLOSE_MS, "end", NULL);
	struct fault ignored;

	while (channel_free(r->channel) == CHANNEL_AGAIN) {
		if (!connection_pump(r->c) &&
		    connection_wait(r->c, NULL, 0, &d, &ignored))
			return;
	}
	r->channel = NULL;
}

static void
release(struct running *r)
{
	transport_be_patient(r->c->t, CANCEL_NONE);
	exec_sudo_verdict(r, PASSWORD_UNTRIED);
	channel_abandon(r->channel);
	buf_release(&r->held);
	mem_pages_free(r->in, EXEC_CHUNK);
	mem_free(r);
}

int
exec_begin(struct connection *c, const struct exec *e, struct running **running,
    struct fault *f)
{
	struct running *r = mem_alloc(1, sizeof(*r));
	int ret;

	*running = r;
	fault_clear(f);
	r->c = c;
	r->e = e;
	r->in = mem_pages(EXEC_CHUNK);
	buf_init(&r->held, EXEC_HELD_MAX);
	if (e->stubborn)
		transport_be_patient(c->t, CANCEL_GENTLE);
	ret = start(r, f);
	/* from here on, being asked to stop means to stop the command */
	transport_be_patient(c->t, CANCEL_GENTLE);
	return ret;
}

int
exec_move(struct running *r, bool *moved, struct fault *f)
{
	uint64_t received = transport_received(r->c->t);
	bool any = connection_pump(r->c);

	any |= pump_stream(r, CHANNEL_STDERR);
	any |= pump_stream(r, CHANNEL_STDOUT);
	if (exec_sudo_pump(r, f))
		return -1;
	any |= exec_pump_input(r);
	exec_terminal_pump(r);
	if (finished(r))
		return 1;
	if (exec_check_stop(r, f))
		return -1;
	/* before the other keep-alives, which would take the turn of its own */
	if (!any && exec_linger(r, has_ended(r)))
		return 1;
	/* what came may be for a channel that was looked at before */
	*moved |= any || transport_received(r->c->t) != received;
	if (!transport_ended(r->c->t))
		return exec_check_alive(r, f);
	/* all was read before the end, unless its reader takes time */
	if (r->e->io->room(r->e->io->arg, CHANNEL_STDOUT) &&
	    r->e->io->room(r->e->io->arg, CHANNEL_STDERR)) {
		*moved = true;
		r->broken |= !any;
	}
	return 0;
}

int64_t
exec_round_trip(const struct running *r)
{
	return channel_round_trip(r->channel);
}

int
exec_wait(struct running *r, struct fault *f)
{
	int64_t span = r->e->io->tick ? r->e->io->tick : EXEC_TICK_MS;
	struct deadline tick = deadline_in(span, NULL, NULL);
	struct pollfd input = {.fd = -1, .events = POLLIN};

	/* there is but the reader to wait for */
	if (transport_ended(r->c->t))
		return wait_poll(transport_waits(r->c->t), NULL, 0, &tick, f);
	if (r->input_waits && !r->input_ended)
		input.fd = r->e->io->input_fd;
	return connection_wait(r->c, &input, 1, &tick, f);
}

int
exec_turn(struct running *r, struct fault *f)
{
	bool moved = false;
	int ret = exec_move(r, &moved, f);

	return ret || moved ? ret : exec_wait(r, f);
}

int
exec_end(
    struct running *r, int ret, struct exec_result *result, struct fault *f)
{
	if (ret > 0)
		ret = take_result(r, result, f);
	/* asked to stop at once, we do not see it end */
	if (ret < 0 && f->class == FAULT_CANCELLED && r->channel &&
	    !r->e->polite && !has_ended(r)) {
		r->left = true;
		ret = exec_stop_fault(r, f);
	}
	result->left = r->left;
	if (ret == 0 && r->e->ours)
		close_channel(r);
	release(r);
	return ret;
}

int
exec_run(struct connection *c, const struct exec *e, struct exec_result *result,
    struct fault *f)
{
	struct running *r;
	int ret = exec_begin(c, e, &r, f);

	while (ret == 0)
		ret = exec_turn(r, f);
	return exec_end(r, ret, result, f);
}
