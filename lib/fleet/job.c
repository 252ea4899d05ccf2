#include "fleet/job.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "cli/status.h"
#include "hosts/words.h"
#include "ssh/cmdline.h"
#include "ssh/upload.h"

enum { JOB_LINE_MAX = 1024 * 1024 };

/* One run of a job on one host. */
struct run {
	const struct job *job;
	const struct target *target;
	struct sink *sink;
	struct connection *c;
	struct reached reached[REACH_SERVERS];
	size_t n_reached;
	struct words env;
	char *scratch, *program; /* of -s, on the host */
	struct sudo sudo;
	struct input_reader reader;
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
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
	ssize_t got;

	(void)arg;
	if (poll(&p, 1, 0) == 0)
		return -1;
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

static void __attribute__((format(printf, 2, 3)))
add_env(struct run *r, const char *format, ...)
{
	va_list ap;
	struct buf text;

	buf_init(&text, JOB_LINE_MAX);
	va_start(ap, format);
	buf_vprintf(&text, format, ap);
	va_end(ap);
	words_add(&r->env, buf_str(&text));
	buf_release(&text);
}

/* The variables of the httpd-scopes, as the host sees them. */
static void
add_scope_env(struct run *r)
{
	const struct reach_server *s = r->job->scopes->servers;
	struct buf outer;
	size_t i;

	if (!r->n_reached)
		return;
	add_env(r, "HTTPD_SCOPE_URL=%s", r->reached[0].url);
	add_env(r, "HTTPD_SCOPE_PORT=%d", r->reached[0].port);
	add_env(r, "HTTPD_SCOPE_ADDR=%s", r->reached[0].address);
	add_env(r, "HTTPD_SCOPE_ID=%s", s[0].id);
	if (s[0].fixed)
		add_env(r, "HTTPD_SCOPE_FIXED=1");
	buf_init(&outer, JOB_LINE_MAX);
	for (i = 1; i < r->n_reached; i++)
		buf_printf(&outer, "%s%s %s %s %s", i > 1 ? " " : "",
		    r->reached[i].url, s[i].id, r->reached[i].address,
		    s[i].fixed ? "fixed" : "any");
	if (outer.len)
		add_env(r, "HTTPD_SCOPE_OUTER=%s", buf_str(&outer));
	buf_release(&outer);
}

static void
add_host_env(struct run *r)
{
	const struct settings *s = r->target->settings;

	add_env(r, "FAB_HOST=%s", s->host);
	add_env(r, "FAB_USER=%s", s->user);
	add_env(r, "FAB_PORT=%d", s->port);
	add_env(r, "FAB_NUMBER=%zu", r->target->index);
}

/* A plain line to one plain host is sent as it is; where a shell or env of
 * ours runs anyway, the command sees where it is. */
static void
make_env(struct run *r)
{
	const struct job *job = r->job;
	size_t i;

	add_scope_env(r);
	if (r->env.count || job->directory || job->n_env || job->script ||
	    job->sudo || job->several)
		add_host_env(r);
	for (i = 0; i < job->n_env; i++)
		add_env(r, "%s", job->env[i]);
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

static int
build_line(struct run *r, struct buf *line, struct fault *f)
{
	const struct job *job = r->job;
	const char **words = mem_alloc(job->n + 1, sizeof(*words));
	struct cmdline c = {.words = words,
	    .line = job->n == 1 && !job->script,
	    .directory = job->directory,
	    .env = (const char *const *)r->env.items,
	    .n_env = r->env.count,
	    .sudo = job->sudo ? &r->sudo : NULL,
	    .sudo_user = job->sudo_user,
	    .sudo_group = job->sudo_group,
	    .scratch = r->scratch};
	size_t i;
	int ret = 0;

	if (job->script)
		words[c.n++] = r->program;
	for (i = 0; i < job->n; i++)
		words[c.n++] = job->words[i];
	if (cmdline_build(line, &c))
		ret = fault_set(f, FAULT_USAGE, 0,
		    "the command is longer than %d bytes", JOB_LINE_MAX);
	mem_free(words);
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
	    .time_limit = r->job->time_limit};
	struct buf line;
	int ret;

	io.arg = r;
	io.room = run_room;
	io.output = run_output;
	buf_init(&line, JOB_LINE_MAX);
	ret = build_line(r, &line, f);
	e.command = buf_str(&line);
	diag_verbose(2, "%s: command line: %s", r->target->label, e.command);
	if (!ret)
		ret = exec_run(r->c, &e, result, f);
	buf_release(&line);
	return ret;
}

static int
run_all(struct run *r, struct exec_result *result, struct fault *f)
{
	const struct target *t = r->target;

	r->c = connection_open(t->settings, t->access, t->wait, f);
	if (!r->c || reach_scopes(r, f) || send_script(r, f))
		return -1;
	make_env(r);
	if (!run_command(r, result, f))
		return 0;
	/* stopped before there was a shell to remove it, perhaps */
	if (r->scratch && f->class == FAULT_CANCELLED)
		exec_remove(r->c, r->scratch);
	return -1;
}

static int
signal_by_name(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} known[] = {{"HUP", SIGHUP}, {"INT", SIGINT}, {"QUIT", SIGQUIT},
	    {"ILL", SIGILL}, {"ABRT", SIGABRT}, {"FPE", SIGFPE},
	    {"KILL", SIGKILL}, {"USR1", SIGUSR1}, {"SEGV", SIGSEGV},
	    {"USR2", SIGUSR2}, {"PIPE", SIGPIPE}, {"ALRM", SIGALRM},
	    {"TERM", SIGTERM}};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!strcmp(known[i].name, name))
			return known[i].number;
	}
	return 0;
}

static void
fill_outcome(const struct exec_result *result, struct outcome *o)
{
	o->class = FAULT_NONE;
	if (result->end == CHANNEL_SIGNALLED) {
		snprintf(
		    o->signal, sizeof(o->signal), "%s", result->signal_name);
		snprintf(o->text, sizeof(o->text), "killed by SIG%s",
		    result->signal_name);
		o->status = STATUS_SIGNAL + signal_by_name(result->signal_name);
		return;
	}
	o->exit = o->status = result->status;
	if (result->status)
		snprintf(
		    o->text, sizeof(o->text), "exit status %d", result->status);
}

static void
run_release(struct run *r)
{
	size_t i;

	connection_close(r->c);
	if (r->job->each)
		input_leave(r->job->each, &r->reader);
	for (i = 0; i < REACH_SERVERS; i++)
		fdio_close(r->reached[i].lock);
	words_release(&r->env);
	mem_free(r->scratch);
	mem_free(r->program);
	sudo_release(&r->sudo);
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
	for (i = 0; i < REACH_SERVERS; i++)
		r->reached[i].lock = -1;
	sudo_init(&r->sudo);
	*outcome = (struct outcome){0};
	if (run_all(r, &result, &f)) {
		outcome->class = f.class;
		outcome->status = status_of_class(f.class);
		memcpy(outcome->text, f.text, sizeof(f.text));
	} else {
		fill_outcome(&result, outcome);
	}
	run_release(r);
	outcome->elapsed = clock_now() - started;
}
