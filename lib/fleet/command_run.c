#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/status.h"
#include "fleet/command_internal.h"
#include "fleet/report.h"
#include "fleet/runner.h"
#include "fleet/survey.h"

/* Nobody reads what they say: the commands are ended, without a word about
 * each. */
static void
output_failed(void *arg)
{
	struct program *p = arg;

	atomic_store(&p->silent, true);
	interrupt_raise(&p->interrupt, CANCEL_GENTLE, 0);
}

static struct sink *
choose_sink(const struct program *p, struct writer *w,
    const struct sink_hosts *hosts, struct fault *f)
{
	const struct fleet_options *o = &p->options;
	const struct output_options *out = &o->output;

	if (p->copying)
		return copying_sink(p->copying, w, hosts, f);
	if (out->grouped)
		return sink_group(w, hosts, f);
	if (out->json)
		return sink_json(w, hosts, f);
	if (out->directory)
		return sink_files(out->directory, hosts, f);
	if (out->prefix == PREFIX_NEVER ||
	    (out->prefix == PREFIX_AUTO && !o->several))
		return sink_raw(w);
	return sink_prefix(w, hosts);
}

/* Whether a status line is wanted, where there can be one. */
static bool
wants_line(const struct fleet_options *o)
{
	if (o->progress != PROGRESS_AUTO)
		return o->progress == PROGRESS_YES;
	return host_list_count(o->hosts) > 1 && !o->quiet && !o->job.terminal &&
	    !command_environment("MAKELEVEL");
}

/* Output that could not be written outweighs what the hosts say. */
static int
output_status(struct program *p, int error, int status)
{
	if (!error)
		return status;
	if (error == EPIPE) {
		interrupt_raise(&p->interrupt, CANCEL_GENTLE, SIGPIPE);
		return STATUS_SIGNAL + SIGPIPE;
	}
	diag_error("standard output: %s", strerror(error));
	return STATUS_OWN;
}

/* Hosts that got less input than there was have not done their job. */
static int
input_status(const struct program *p, int status)
{
	int error = p->input ? input_error(p->input) : 0;

	if (!error)
		return status;
	diag_error(
	    "standard input could not be sent whole: %s", strerror(error));
	return STATUS_OWN;
}

/* The same of a copy, and what it has to write in the end. */
static int
copy_status(struct program *p, int status)
{
	struct fault f = {0};

	if (!p->copying || !copying_finish(p->copying, &f))
		return status;
	return command_failure(&f);
}

/* What run needs of a job. */
struct work {
	const struct job *job;
	struct sink *sink;
};

static void
run_job(void *arg, const struct target *target, struct outcome *outcome)
{
	const struct work *w = arg;

	job_run(w->job, target, w->sink, outcome);
}

static int
run_hosts(struct program *p, const struct sink_hosts *hosts, struct sink *sink,
    struct report *report, struct fault *f)
{
	const struct fleet_options *o = &p->options;
	struct work work = {.job = &o->job, .sink = sink};
	struct wait wait = interrupt_wait(&p->interrupt);
	struct runner r = {.run = p->copying ? copying_run : run_job,
	    .run_arg = p->copying ? (void *)p->copying : &work,
	    .access = &p->access,
	    .hosts = hosts->list,
	    .config = p->config,
	    .sink = sink,
	    .labels = hosts->labels,
	    .jobs = o->jobs,
	    .max_fail = o->max_fail,
	    .wait_time = o->wait_time,
	    .cancel = &p->interrupt.cancel,
	    .wake = &p->interrupt.wake,
	    .started = report_started,
	    .ended = report_ended,
	    .arg = report};
	int status = survey(&r, f) ? -1 : runner_run(&r, f), error;

	if (status < 0)
		return -1;
	error = sink->ops->finish(sink, &wait);
	if (!error)
		return status;
	return fault_set(f, FAULT_SYSTEM, error, "output of the hosts");
}

/* Waits for a reader to take what is left.  Whether that is given up: we were
 * asked to stop a second time. */
static bool
give_up_output(struct program *p, struct writer *w)
{
	struct wait wait = interrupt_wait(&p->interrupt);
	struct deadline never = deadline_in(-1, "output", NULL);
	struct fault ignored = {0};

	wait.patience = CANCEL_GENTLE;
	while (!writer_idle(w, WRITER_STDOUT, wait.wake) ||
	    !writer_idle(w, WRITER_STDERR, wait.wake)) {
		if (wait_poll(&wait, NULL, 0, &never, &ignored))
			break;
	}
	writer_leave(w, wait.wake);
	return atomic_load(&p->interrupt.cancel.level) == CANCEL_HARD;
}

static int
run_with(struct program *p, struct writer *w, const struct sink_hosts *hosts,
    struct fault *f)
{
	const struct fleet_options *o = &p->options;
	struct report_setup setup = {.hosts = *hosts,
	    .writer = w,
	    .failed = p->failed,
	    .silent = &p->silent,
	    .several = o->several,
	    .quiet = o->quiet,
	    .line = wants_line(o)};
	struct sink *sink = choose_sink(p, w, hosts, f);
	struct report *report;
	int status, error;

	if (!sink) {
		(void)writer_stop(w, false);
		return command_failure(f);
	}
	report = report_open(&setup);
	if (p->copying)
		copying_report(p->copying, report);
	status = run_hosts(p, hosts, sink, report, f);
	report_finish(report);
	error = writer_stop(w, give_up_output(p, w));
	sink->ops->free(sink);
	report_free(report);
	if (status < 0)
		status = command_failure(f);
	status = copy_status(p, input_status(p, status));
	return output_status(p, error, status);
}

int
command_run(struct program *p, struct fault *f)
{
	const struct host_list *list = p->options.hosts;
	size_t n = host_list_count(list), i;
	char **labels = mem_alloc(n, sizeof(*labels));
	struct sink_hosts hosts = {
	    .list = list, .labels = (const char *const *)labels, .n = n};
	struct writer *w = writer_start(output_failed, p, f);
	int status;

	for (i = 0; i < n; i++)
		labels[i] = host_list_label_text(list, i);
	status = w ? run_with(p, w, &hosts, f) : command_failure(f);
	for (i = 0; i < n; i++)
		mem_free(labels[i]);
	mem_free(labels);
	return status;
}
