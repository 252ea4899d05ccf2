#include "fleet/job.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "cli/status.h"
#include "fleet/connect.h"
#include "fleet/job_internal.h"
#include "fleet/terminal.h"
#include "ssh/ttymodes.h"
#include "ssh/upload.h"

enum {
	JOB_AGAIN_MS = 2000, /* between attempts of --until */
	JOB_MODES_MAX = 256,
	JOB_DRAIN_MS = 2000 /* for a terminal to take what is left */
};

static size_t
run_room(void *arg, enum channel_stream stream)
{
	struct run *r = arg;

	return r->sink->ops->room(r->sink, r->target->index,
	    stream == CHANNEL_STDOUT ? WRITER_STDOUT : WRITER_STDERR,
	    r->target->wait->wake);
}

static void
run_output(void *arg, enum channel_stream stream, const char *bytes, size_t n)
{
	struct run *r = arg;

	r->sink->ops->output(r->sink, r->target->index,
	    stream == CHANNEL_STDOUT ? WRITER_STDOUT : WRITER_STDERR, bytes, n);
}

/* Our standard input belongs to others too, so it is not made non-blocking:
 * it is read only when there is something. */
static ssize_t
read_stdin(void *arg, char *bytes, size_t n)
{
	struct run *r = arg;
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
	ssize_t got;

	if (poll(&p, 1, 0) == 0)
		return -1;
	if (r->raw)
		return terminal_read(r->job->local, bytes, n);
	got = fdio_read(STDIN_FILENO, bytes, n);
	if (got < 0 && errno == EAGAIN)
		return -1;
	return got < 0 ? 0 : got;
}

static ssize_t
read_each(void *arg, char *bytes, size_t n)
{
	struct run *r = arg;

	return input_read(r->job->each, &r->reader, bytes, n);
}

static int
reach_scopes(struct run *r, struct fault *f)
{
	size_t i;

	if (r->job->way == REACH_OFF)
		return 0;
	for (i = 0; i < r->job->scopes->n; i++) {
		if (reach_open(r->c, &r->job->scopes->servers[i], r->job->way,
			&r->reached[i], f))
			return -1;
		r->n_reached++;
	}
	return 0;
}

static int
send_script(struct run *r, struct fault *f)
{
	const struct job *job = r->job;
	bool shared =
	    job->sudo && job->sudo_user && strcmp(job->sudo_user, "root");

	if (!job->script)
		return 0;
	return upload(r->c, job->script, shared, &r->scratch, &r->program, f);
}

/* What the command printed belongs to the raw terminal: gives it back when all
 * is there. */
static void
leave_terminal(struct run *r)
{
	struct deadline d = deadline_in(JOB_DRAIN_MS, "end of output", NULL);
	struct fault ignored;

	if (!r->raw)
		return;
	while (!r->sink->ops->idle(r->sink, r->target->wait->wake)) {
		if (wait_poll(r->target->wait, NULL, 0, &d, &ignored))
			break;
	}
	terminal_leave(r->job->local);
	r->raw = false;
}

static int
run_line(
    struct run *r, struct exec *e, struct exec_result *result, struct fault *f)
{
	struct buf line, preamble;
	int ret;

	buf_init(&line, JOB_LINE_MAX);
	buf_init(&preamble, 4 * JOB_LINE_MAX);
	ret = job_build_line(r, &line, f);
	diag_verbose(
	    2, "%s: command line: %s", r->target->label, buf_str(&line));
	if (!e->terminal)
		job_split_line(r->job, &line, &preamble);
	e->command = buf_str(&line);
	e->preamble = buf_str(&preamble);
	e->n_preamble = preamble.len;
	r->raw =
	    terminal_enter(r->job->local, e->terminal, r->target->wait->wake);
	if (!ret)
		ret = exec_run(r->c, e, result, f);
	leave_terminal(r);
	buf_release(&preamble);
	buf_release(&line);
	return ret;
}

/* What a command needs on the host besides its line. */
static int
put_in_place(struct run *r, struct fault *f)
{
	if (send_script(r, f))
		return -1;
	job_make_env(r);
	return 0;
}

/* The shell of the attempt before has removed the script. */
static void
start_afresh(struct run *r)
{
	job_forget_attempt(r);
	sudo_init(&r->sudo, r->job->sudo_direct);
}

/* Once more, with a terminal, for a sudo that wants one (requiretty).  It has
 * asked for nothing yet, so that nobody has lost anything. */
static int
run_at_terminal(
    struct run *r, struct exec *e, struct exec_result *result, struct fault *f)
{
	struct exec_terminal terminal = {.name = "dumb", .types_end = true};
	struct buf modes;
	int ret;

	diag_note("%s: sudo wants a terminal there: standard error comes with "
		  "the output",
	    r->target->label);
	buf_init(&modes, JOB_MODES_MAX);
	ttymodes_plain(&modes);
	terminal.modes = (const uint8_t *)buf_str(&modes);
	terminal.n_modes = modes.len;
	e->terminal = &terminal;
	start_afresh(r);
	ret = put_in_place(r, f);
	e->scratch = r->scratch;
	if (!ret)
		ret = run_line(r, e, result, f);
	e->terminal = NULL;
	buf_release(&modes);
	return ret;
}

static int
run_command(struct run *r, struct exec_result *result, struct fault *f)
{
	static const struct exec_io inputs[] = {
	    [INPUT_NONE] = {.input_fd = -1},
	    [INPUT_ONE] = {.input = read_stdin, .input_fd = STDIN_FILENO},
	    [INPUT_EACH] = {.input = read_each, .input_fd = -1},
	};
	struct exec_io io = inputs[r->job->input];
	struct exec e = {.io = &io,
	    .sudo = r->job->sudo ? &r->sudo : NULL,
	    .password = r->job->password,
	    .scratch = r->scratch,
	    .terminal = terminal_for(r->job->local, r->job->terminal,
		r->target->settings, r->job->several),
	    .time_limit = r->job->time_limit,
	    .ours = r->job->until != 0};
	int ret;

	io.arg = r;
	io.room = run_room;
	io.output = run_output;
	ret = run_line(r, &e, result, f);
	if (ret && f->class == FAULT_SUDO && !e.terminal &&
	    sudo_wants_terminal(&r->sudo))
		ret = run_at_terminal(r, &e, result, f);
	return ret;
}

/* Connects, unless that was done. */
static int
reach_host(struct run *r, struct fault *f)
{
	if (r->c)
		return 0;
	r->c = connect_target(r->target, f);
	return r->c ? reach_scopes(r, f) : -1;
}

static int
attempt(struct run *r, struct exec_result *result, struct fault *f)
{
	*result = (struct exec_result){0};
	if (reach_host(r, f) || put_in_place(r, f))
		return -1;
	if (!run_command(r, result, f))
		return 0;
	/* stopped before there was a shell to remove it, perhaps */
	if (r->scratch && f->class == FAULT_CANCELLED)
		exec_remove(r->c, r->scratch);
	return -1;
}

/* What reached the host goes with the connection. */
static void
hang_up(struct run *r)
{
	size_t i;

	connection_close(r->c);
	r->c = NULL;
	for (i = 0; i < REACH_SERVERS; i++)
		r->reached[i].lock = fdio_close(r->reached[i].lock);
	r->n_reached = 0;
}

void
job_forget_attempt(struct run *r)
{
	words_release(&r->env);
	mem_free(r->scratch);
	mem_free(r->program);
	r->scratch = r->program = NULL;
	sudo_release(&r->sudo);
}

/* Whether, after this, a command that is to be repeated is: not where somebody
 * has to do something first. */
static bool
may_repeat(int ret, const struct exec_result *result, const struct fault *f)
{
	if (!ret)
		return result->end != CHANNEL_EXITED || result->status;
	return connect_again(f) || f->class == FAULT_TIMEOUT;
}

/* Between two attempts.  -1 when we are to stop. */
static int
pause_attempts(struct run *r, const struct deadline *end, struct fault *f)
{
	int left = deadline_left(end);
	int ms = left < JOB_AGAIN_MS ? left : JOB_AGAIN_MS;

	if (!connect_pause(r->target, r->c, ms, f))
		return 0;
	if (!r->c || f->class == FAULT_CANCELLED)
		return -1;
	hang_up(r);
	return connect_pause(r->target, NULL, ms, f);
}

/* Runs it once, or with --until as often as it takes. */
static int
run_all(struct run *r, struct exec_result *result, struct fault *f)
{
	struct deadline end = deadline_in(r->job->until, NULL, NULL);
	int ret = attempt(r, result, f);

	while (r->job->until && may_repeat(ret, result, f) &&
	    deadline_left(&end)) {
		diag_verbose(1, "%s: once more: %s", r->target->label,
		    ret ? f->text : "it did not exit 0");
		if (ret)
			hang_up(r);
		start_afresh(r);
		if (r->job->each)
			input_rewind(r->job->each, &r->reader);
		if (pause_attempts(r, &end, f))
			return -1;
		r->sink->ops->again(r->sink, r->target->index);
		ret = attempt(r, result, f);
	}
	return ret;
}

static void
run_release(struct run *r)
{
	hang_up(r);
	if (r->job->each)
		input_leave(r->job->each, &r->reader);
	job_forget_attempt(r);
	mem_free(r);
}

void
job_run(const struct job *job, const struct target *target, struct sink *sink,
    struct outcome *outcome)
{
	struct run *r = mem_alloc(1, sizeof(*r));
	struct exec_result result = {0};
	struct fault f = {0};
	int64_t started = clock_now();
	size_t i;

	r->job = job;
	r->target = target;
	r->sink = sink;
	r->reader.wake = target->wait->wake;
	r->reader.label = target->label;
	if (job->each)
		input_join(job->each, &r->reader);
	for (i = 0; i < REACH_SERVERS; i++)
		r->reached[i].lock = -1;
	sudo_init(&r->sudo, r->job->sudo_direct);
	*outcome = (struct outcome){0};
	if (run_all(r, &result, &f)) {
		outcome->class = f.class;
		outcome->status = status_of_class(f.class);
		memcpy(outcome->text, f.text, sizeof(f.text));
	} else {
		job_fill_outcome(&result, outcome);
	}
	outcome->left = result.left;
	run_release(r);
	outcome->elapsed = clock_now() - started;
}
