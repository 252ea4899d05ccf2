#include "fleet/command.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "cli/status.h"
#include "fleet/command_internal.h"
#include "fleet/show.h"
#include "fleet/terminal.h"
#include "ssh/gateway.h"
#include "ssh/password.h"
#include "ssh/startups.h"

enum {
	COMMAND_BUFFER = 64 << 20,
	COMMAND_WINDOW_MIN = 256 << 10,
	COMMAND_WINDOW_MAX = 16 << 20
};

int
command_failure(const struct fault *f)
{
	diag_fault(f);
	return f->class == FAULT_USAGE ? STATUS_OWN : status_of_class(f->class);
}

const char *
command_environment(const char *name)
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
	if (reach_env_read(&p->scopes, command_environment, f))
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
		return password_read_file(to, file, &w, f);
	if (!ask || !password_ask_now(to, &w, f))
		return 0;
	/* nothing has been started */
	if (f->class == FAULT_AUTH)
		f->class = FAULT_USAGE;
	return fault_prefix(f, "password");
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
	if (!p->command->sudo && !o->copy.how.sudo)
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
prepare_copy(struct program *p, struct fault *f)
{
	p->copying = copying_open(&p->options, p->password,
	    p->command->kind == COMMAND_GET, p->config, f);
	return p->copying ? 0 : -1;
}

static int
prepare_run(struct program *p, struct fault *f)
{
	struct job *job = &p->options.job;

	if (!p->options.several)
		job->local = terminal_open(&p->interrupt);
	if (job->input != INPUT_EACH)
		return 0;
	job->each = p->input =
	    input_open(host_list_count(p->options.hosts), job->until, f);
	return p->input ? 0 : -1;
}

static int
prepare(struct program *p, struct fault *f)
{
	bool runs = p->command->kind == COMMAND_RUN;

	p->options.job.sudo = p->command->sudo;
	p->options.job.scopes = &p->scopes;
	if (!runs)
		p->options.job.way = REACH_OFF;
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
		return fault_prefix(f, "--fingerprints");
	if (transport_global_init(f) || read_config(p, f))
		return -1;
	p->access.forwards = &p->options.forwards;
	p->access.window = window_for(&p->options);
	p->access.startups = startups_new();
	p->access.gateways =
	    gateways_new(p->config, &p->access, &p->interrupt.cancel);
	if (look_at_scopes(p, f) || get_passwords(p, f))
		return -1;
	return runs ? prepare_run(p, f) : prepare_copy(p, f);
}

/* What is printed instead of running anything. */
static int
show(struct program *p, struct fault *f)
{
	if (read_config(p, f))
		return command_failure(f);
	if (p->options.settings)
		return show_settings(&p->options, p->config);
	if (p->options.job.way != REACH_OFF &&
	    reach_env_read(&p->scopes, command_environment, f))
		return command_failure(f);
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

	if (p->command->kind == COMMAND_RUN
		? fleet_options_parse(o, p->command->table, argv, f)
		: fleet_options_parse_copy(o, p->command->table, argv, f))
		return command_failure(f);
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
		return command_failure(f);
	return command_run(p, f);
}

/* The last word on what has failed. */
static int
close_failed(struct program *p, int status)
{
	struct fault f = {0};

	if (!failed_close(p->failed, &f))
		return status;
	return command_failure(&f);
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
	startups_free(p.access.startups);
	newkeys_free(p.access.newkeys);
	keyring_free(p.access.keys);
	copying_free(p.copying);
	input_close(p.input);
	password_free(p.password);
	password_free(p.access.password);
	sshconfig_free(p.config);
	fleet_options_release(&p.options);
	return number ? status_raise(number) : status;
}
