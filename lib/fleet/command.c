#include "fleet/command.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "cli/status.h"
#include "fleet/interrupt.h"
#include "fleet/options.h"
#include "fleet/runner.h"
#include "fleet/report.h"
#include "fleet/show.h"
#include "fleet/terminal.h"
#include "ssh/gateway.h"
#include "ssh/password.h"

/* What lives as long as the program. */
struct program {
	const struct command *command;
	struct fleet_options options;
	struct reach_env scopes;
	struct sshconfig *config;
	struct password *password;
	struct input *input;
	struct access access;
	struct interrupt interrupt;
	struct failed *failed;
	atomic_bool silent; /* nobody reads our output any more */
};

static int
own_failure(const struct fault *f)
{
	diag_fault(f);
	return f->class == FAULT_USAGE ? STATUS_OWN : status_of_class(f->class);
}

static const char *
environment(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* The httpd-scopes that we are in must still be there. */
static int
look_at_scopes(struct program *p, struct fault *f)
{
	struct wait w = interrupt_wait(&p->interrupt);
	size_t i;

	if (p->options.job.way == REACH_OFF)
		return 0;
	if (reach_env_read(&p->scopes, environment, f))
		return -1;
	for (i = 0; i < p->scopes.n; i++) {
		if (reach_alive(&p->scopes.servers[i], &w, f))
			return -1;
	}
	return 0;
}

static int
read_config(struct program *p, struct fault *f)
{
	struct sshconfig_sources sources = {
	    .file = p->options.config,
	    .options = (const char *const *)p->options.ssh.items,
	    .option_count = p->options.ssh.count,
	};

	p->config = sshconfig_new(&sources, sshconfig_env_system(), f);
	if (!p->config)
		return -1;
	if (*sshconfig_notes(p->config))
		diag_verbose(1, "%s", sshconfig_notes(p->config));
	return 0;
}

static int
fill_password(struct program *p, struct password *to, const char *file,
    bool ask, struct fault *f)
{
	struct wait w = interrupt_wait(&p->interrupt);

	if (file)
		return password_read_file(to, file, f);
	return ask ? password_ask_now(to, &w, f) : 0;
}

static int
get_passwords(struct program *p, struct fault *f)
{
	static const struct password_use login = {
	    .prompt = "Password to log in to the hosts: ",
	    .hint = "no password was given (-k, --password-file)",
	    .class = FAULT_AUTH};
	static const struct password_use sudo = {
	    .prompt = "Password for sudo on the hosts: ",
	    .hint = "it wants a password: give one with -K or "
		    "--sudo-password-file",
	    .class = FAULT_SUDO};
	const struct fleet_options *o = &p->options;

	p->access.password = password_new(&login);
	if (fill_password(p, p->access.password, o->password_file, o->ask, f))
		return -1;
	if (!p->command->sudo)
		return 0;
	p->password = password_new(&sudo);
	password_or_else(p->password, p->access.password);
	p->options.job.password = p->password;
	return fill_password(
	    p, p->password, o->sudo_password_file, o->sudo_ask, f);
}

static int
prepare(struct program *p, struct fault *f)
{
	p->options.job.sudo = p->command->sudo;
	p->options.job.scopes = &p->scopes;
	if (p->options.job.script && access(p->options.job.script, R_OK))
		return fault_set(
		    f, FAULT_USAGE, errno, "-s %s", p->options.job.script);
	p->access.keys = keyring_new();
	if (transport_global_init(f) || read_config(p, f))
		return -1;
	p->access.gateways =
	    gateways_new(p->config, &p->access, &p->interrupt.cancel);
	if (look_at_scopes(p, f) || get_passwords(p, f))
		return -1;
	if (!p->options.several)
		p->options.job.local = terminal_open(&p->interrupt);
	if (p->options.job.input == INPUT_EACH) {
		p->options.job.each = p->input = input_open(
		    host_list_count(p->options.hosts), p->options.job.until, f);
		if (!p->input)
			return -1;
	}
	return 0;
}

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
choose_sink(const struct fleet_options *o, struct writer *w,
    const struct sink_hosts *hosts, struct fault *f)
{
	const struct output_options *out = &o->output;

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
	    !environment("MAKELEVEL");
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
	struct runner r = {.run = run_job,
	    .run_arg = &work,
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
	int status = runner_run(&r, f), error;

	if (status < 0)
		return -1;
	error = sink->ops->finish(sink, &wait);
	if (!error)
		return status;
	return fault_set(f, FAULT_SYSTEM, error, "output of the hosts");
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
	struct sink *sink = choose_sink(o, w, hosts, f);
	struct report *report;
	int status, error;
	bool hard;

	if (!sink) {
		(void)writer_stop(w, false);
		return own_failure(f);
	}
	report = report_open(&setup);
	status = run_hosts(p, hosts, sink, report, f);
	report_finish(report);
	hard = atomic_load(&p->interrupt.cancel.level) == CANCEL_HARD;
	error = writer_stop(w, hard);
	sink->ops->free(sink);
	report_free(report);
	if (status < 0)
		status = own_failure(f);
	return output_status(p, error, input_status(p, status));
}

static int
run(struct program *p, struct fault *f)
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
	status = w ? run_with(p, w, &hosts, f) : own_failure(f);
	for (i = 0; i < n; i++)
		mem_free(labels[i]);
	mem_free(labels);
	return status;
}

/* What is printed instead of running anything. */
static int
show(struct program *p, struct fault *f)
{
	if (read_config(p, f))
		return own_failure(f);
	if (p->options.settings)
		return show_settings(&p->options, p->config);
	if (p->options.job.way != REACH_OFF &&
	    reach_env_read(&p->scopes, environment, f))
		return own_failure(f);
	p->options.job.sudo = p->command->sudo;
	p->options.job.scopes = &p->scopes;
	return show_job(&p->options, p->config);
}

/* The list of those that have failed is there before anything can. */
static int
open_failed(struct program *p, struct fault *f)
{
	const struct fleet_options *o = &p->options;

	if (!o->failed)
		return 0;
	p->failed = failed_open(o->failed, o->hosts, f);
	return p->failed ? 0 : -1;
}

static int
start(struct program *p, char **argv, struct fault *f)
{
	struct fleet_options *o = &p->options;

	if (fleet_options_parse(o, p->command->table, argv, f))
		return own_failure(f);
	if (o->help)
		return show_help(p->command->usage, p->command->table);
	if (o->version)
		return show_version(o->verbose);
	diag_set_level(o->quiet ? -1 : o->verbose);
	if (o->globbed)
		diag_note(
		    "%s is also a file: quote ranges, 'web[1-3]'", o->globbed);
	if (o->settings || o->dry_run)
		return show(p, f);
	if (interrupt_open(&p->interrupt, f) || open_failed(p, f) ||
	    prepare(p, f))
		return own_failure(f);
	return run(p, f);
}

/* The last word on what has failed. */
static int
close_failed(struct program *p, int status)
{
	struct fault f = {0};

	if (!failed_close(p->failed, &f))
		return status;
	return own_failure(&f);
}

int
command_main(const struct command *c, char **argv)
{
	struct program p = {.command = c};
	struct fault f = {0};
	int status, number;

	diag_init(argv[0]);
	if (fdio_open_standard())
		return STATUS_OWN;
	status = close_failed(&p, start(&p, argv, &f));
	number = atomic_load(&p.interrupt.cancel.signal);
	terminal_free(p.options.job.local);
	gateways_free(p.access.gateways);
	keyring_free(p.access.keys);
	input_close(p.input);
	password_free(p.password);
	password_free(p.access.password);
	sshconfig_free(p.config);
	fleet_options_release(&p.options);
	return number ? status_raise(number) : status;
}
