#include "fleet/command.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "cli/status.h"
#include "fleet/interrupt.h"
#include "fleet/options.h"
#include "ssh/password.h"
#include "fleet/runner.h"
#include "fleet/summary.h"
#include "fleet/survey.h"
#include "ssh/gateway.h"

enum {
	COMMAND_TEXT_MAX = 65536,
	COMMAND_BUFFER = 64 << 20,
	COMMAND_WINDOW_MIN = 256 << 10,
	COMMAND_WINDOW_MAX = 16 << 20
};

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
};

static int
print(const char *text)
{
	if (fdio_write_all(STDOUT_FILENO, text, strlen(text))) {
		diag_error("standard output: %s", strerror(errno));
		return STATUS_OWN;
	}
	return STATUS_OK;
}

static int
print_help(const struct command *c)
{
	struct buf text;
	int status;

	buf_init(&text, COMMAND_TEXT_MAX);
	opts_help(&text, c->usage, c->table);
	status = print(buf_str(&text));
	buf_release(&text);
	return status;
}

static int
print_version(const struct fleet_options *o)
{
	struct buf text;
	int status;

	buf_init(&text, COMMAND_TEXT_MAX);
	buf_printf(&text, "%s %s\n", diag_program(), FAB_VERSION);
	if (o->verbose) {
		buf_printf(&text, "libssh2 %s\n", transport_library());
		if (*transport_library_lacks())
			buf_printf(&text, "which lacks: %s\n",
			    transport_library_lacks());
	}
	status = print(buf_str(&text));
	buf_release(&text);
	return status;
}

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

/* All hosts at a time together never hold back more than so much output. */
static uint32_t
window_for(const struct fleet_options *o)
{
	size_t hosts = host_list_count(o->hosts);
	size_t window;

	if (o->jobs && o->jobs < hosts)
		hosts = o->jobs;
	window = COMMAND_BUFFER / hosts;
	if (window > COMMAND_WINDOW_MAX)
		window = COMMAND_WINDOW_MAX;
	return window < COMMAND_WINDOW_MIN ? COMMAND_WINDOW_MIN
					   : (uint32_t)window;
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
	p->access.newkeys = newkeys_new();
	if (p->options.agent && !transport_can_forward_agent())
		return fault_set(f, FAULT_USAGE, 0,
		    "-A: libssh2 %s cannot forward the agent, 1.11 can",
		    transport_library());
	if (p->options.fingerprints &&
	    newkeys_read(p->access.newkeys, p->options.fingerprints, f))
		return -1;
	if (transport_global_init(f) || read_config(p, f))
		return -1;
	p->access.forwards = &p->options.forwards;
	p->access.window = window_for(&p->options);
	p->access.gateways =
	    gateways_new(p->config, &p->access, &p->interrupt.cancel);
	if (look_at_scopes(p, f) || get_passwords(p, f))
		return -1;
	if (p->options.job.input == INPUT_EACH) {
		p->options.job.each = p->input = input_open(f);
		if (!p->input)
			return -1;
	}
	return 0;
}

static void
output_failed(void *arg)
{
	interrupt_raise(arg, CANCEL_HARD, 0);
}

static struct sink *
choose_sink(
    const struct program *p, struct writer *w, const char *const *labels)
{
	const struct fleet_options *o = &p->options;

	if (o->prefix == PREFIX_NEVER ||
	    (o->prefix == PREFIX_AUTO && !o->several))
		return sink_raw(w);
	return sink_prefix(w, labels, host_list_count(o->hosts));
}

/* Output that could not be written outweighs what the hosts say. */
static int
output_status(int error, int status)
{
	if (!error)
		return status;
	if (error == EPIPE)
		return status_raise(SIGPIPE);
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
run_with(struct program *p, struct writer *w, char **labels, struct fault *f)
{
	const struct fleet_options *o = &p->options;
	struct summary summary;
	struct sink *sink = choose_sink(p, w, (const char *const *)labels);
	struct work work = {.job = &o->job, .sink = sink};
	struct runner r = {.run = run_job,
	    .run_arg = &work,
	    .access = &p->access,
	    .hosts = o->hosts,
	    .config = p->config,
	    .sink = sink,
	    .labels = (const char *const *)labels,
	    .jobs = o->jobs,
	    .max_fail = o->max_fail,
	    .cancel = &p->interrupt.cancel,
	    .wake = &p->interrupt.wake,
	    .ended = summary_add,
	    .arg = &summary};
	int status;

	summary_init(&summary, o->hosts, (const char *const *)labels,
	    o->several, o->quiet);
	status = survey(&r, f) ? -1 : runner_run(&r, f);
	summary_end(&summary);
	sink->ops->free(sink);
	return status;
}

static int
run(struct program *p, struct fault *f)
{
	size_t n = host_list_count(p->options.hosts), i;
	char **labels = mem_alloc(n, sizeof(*labels));
	struct writer *w;
	int status = -1, error;
	bool hard;

	for (i = 0; i < n; i++)
		labels[i] = host_list_label_text(p->options.hosts, i);
	w = writer_start(output_failed, &p->interrupt, f);
	if (w) {
		status = run_with(p, w, labels, f);
		hard = atomic_load(&p->interrupt.cancel.level) == CANCEL_HARD;
		error = writer_stop(w, hard);
		status = status < 0
		    ? own_failure(f)
		    : output_status(error, input_status(p, status));
	} else {
		status = own_failure(f);
	}
	for (i = 0; i < n; i++)
		mem_free(labels[i]);
	mem_free(labels);
	return status;
}

static int
start(struct program *p, char **argv, struct fault *f)
{
	struct fleet_options *o = &p->options;

	if (fleet_options_parse(o, p->command->table, argv, f))
		return own_failure(f);
	if (o->help)
		return print_help(p->command);
	if (o->version)
		return print_version(o);
	diag_set_level(o->quiet ? -1 : o->verbose);
	if (o->globbed)
		diag_note(
		    "%s is also a file: quote ranges, 'web[1-3]'", o->globbed);
	if (interrupt_open(&p->interrupt, f))
		return own_failure(f);
	if (prepare(p, f))
		return own_failure(f);
	return run(p, f);
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
	status = start(&p, argv, &f);
	number = atomic_load(&p.interrupt.cancel.signal);
	gateways_free(p.access.gateways);
	newkeys_free(p.access.newkeys);
	keyring_free(p.access.keys);
	input_close(p.input);
	password_free(p.password);
	password_free(p.access.password);
	sshconfig_free(p.config);
	fleet_options_release(&p.options);
	return number ? status_raise(number) : status;
}
