#include "fleet/options.h"

#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "fleet/options_internal.h"

enum { OPTIONS_JOBS = 64 };

int
options_bad_value(
    const char *option, const char *value, const char *wanted, struct fault *f)
{
	return fault_set(
	    f, FAULT_USAGE, 0, "%s %s: %s wanted", option, value, wanted);
}

static int
set_env(struct fleet_options *o, const char *value, struct fault *f)
{
	size_t n = strcspn(value, "=");
	size_t ok = strspn(value,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

	if (n == 0 || !value[n] || ok < n || strchr("0123456789", value[0]))
		return options_bad_value("-e", value, "NAME=VALUE", f);
	words_add(&o->env, value);
	return 0;
}

/* An empty word is a variable of the user's that was not set. */
static int
set_text(const char *option, const char *value, const char *wanted,
    const char **to, struct fault *f)
{
	if (!*value)
		return options_bad_value(option, "''", wanted, f);
	*to = value;
	return 0;
}

static int
set_number(const char *option, const char *value, uint64_t max, uint64_t *to,
    struct fault *f)
{
	if (num_parse_str(value, max, to))
		return options_bad_value(option, value, "a number", f);
	return 0;
}

static int
set_prefix(struct fleet_options *o, const char *value, struct fault *f)
{
	if (!strcmp(value, "auto"))
		o->prefix = PREFIX_AUTO;
	else if (!strcmp(value, "always"))
		o->prefix = PREFIX_ALWAYS;
	else if (!strcmp(value, "never"))
		o->prefix = PREFIX_NEVER;
	else
		return options_bad_value(
		    "--prefix", value, "auto, always or never", f);
	return 0;
}

static int
set_way(struct fleet_options *o, const char *value, struct fault *f)
{
	if (!strcmp(value, "forward"))
		o->job.way = REACH_FORWARD;
	else if (!strcmp(value, "direct"))
		o->job.way = REACH_DIRECT;
	else if (!strcmp(value, "off"))
		o->job.way = REACH_OFF;
	else
		return options_bad_value(
		    "--scope", value, "forward, direct or off", f);
	return 0;
}

static int
set_time(struct fleet_options *o, const char *value, struct fault *f)
{
	if (num_parse_seconds(value, &o->job.time_limit) ||
	    o->job.time_limit == 0)
		return options_bad_value("-T", value, "a number of seconds", f);
	return 0;
}

static int
add_hosts(struct fleet_options *o, const char *text, struct fault *f)
{
	if (!host_list_is_plain(text))
		o->several = true;
	return selection_add(&o->selection, text, f);
}

/* Options that say which hosts, and how many at a time. */
static int
set_for_hosts(
    struct fleet_options *o, int id, const char *value, struct fault *f)
{
	switch (id) {
	case OPTION_HOSTS:
		o->several = true;
		return add_hosts(o, value, f);
	case OPTION_FILE:
		o->several = true;
		return selection_add_file(&o->selection, value, f);
	case OPTION_EXCLUDE:
		return selection_exclude(&o->selection, value, f);
	case OPTION_JOBS:
		return set_number("-j", value, HOST_LIST_MAX, &o->jobs, f);
	case OPTION_MAX_FAIL:
		return set_number(
		    "--max-fail", value, HOST_LIST_MAX, &o->max_fail, f);
	case OPTION_PREFIX:
		return set_prefix(o, value, f);
	case OPTION_PASSWORD_FILE:
		o->password_file = value;
		return 0;
	case OPTION_FINGERPRINTS:
		o->fingerprints = value;
		return 0;
	case OPTION_CONFIG:
		o->config = value;
		return 0;
	default:
		return 1;
	}
}

/* Options that say what to run. */
static int
set_for_job(struct fleet_options *o, int id, const char *value, struct fault *f)
{
	switch (id) {
	case OPTION_DIRECTORY:
		return set_text(
		    "-C", value, "a directory", &o->job.directory, f);
	case OPTION_ENV:
		return set_env(o, value, f);
	case OPTION_SCRIPT:
		return set_text("-s", value, "a file", &o->job.script, f);
	case OPTION_TIME:
		return set_time(o, value, f);
	case OPTION_SCOPE:
		return set_way(o, value, f);
	case OPTION_SUDO_USER:
		return set_text("-u", value, "a user", &o->job.sudo_user, f);
	case OPTION_SUDO_GROUP:
		return set_text("-g", value, "a group", &o->job.sudo_group, f);
	case OPTION_SUDO_FILE:
		o->sudo_password_file = value;
		return 0;
	default:
		return 1;
	}
}

static void
set_flag(struct fleet_options *o, int id)
{
	switch (id) {
	case OPTION_NO_INPUT:
		o->no_input = true;
		break;
	case OPTION_BROADCAST:
		o->broadcast = true;
		break;
	case OPTION_QUIET:
		o->quiet = true;
		break;
	case OPTION_VERBOSE:
		o->verbose++;
		break;
	case OPTION_HELP:
		o->help = true;
		break;
	case OPTION_VERSION:
		o->version = true;
		break;
	case OPTION_ASK:
		o->ask = true;
		break;
	case OPTION_SUDO_ASK:
		o->sudo_ask = true;
		break;
	default:
		break;
	}
}

static int
set(struct fleet_options *o, int id, const char *value, struct fault *f)
{
	int ret = options_set_ssh(o, id, value, f);

	if (ret > 0)
		ret = set_for_hosts(o, id, value, f);
	if (ret > 0)
		ret = set_for_job(o, id, value, f);
	if (ret > 0)
		set_flag(o, id);
	return ret < 0 ? -1 : 0;
}

static int
take_operands(struct fleet_options *o, char **operands, struct fault *f)
{
	size_t n = 0;

	if (!o->several) {
		if (!*operands)
			return fault_set(f, FAULT_USAGE, 0, "no hosts given");
		/* one such name may well be a host's file; two in a row are
		 * what a shell makes of a range */
		if (host_list_looks_globbed(operands[0]) && operands[1] &&
		    host_list_looks_globbed(operands[1]))
			o->globbed = operands[0];
		if (add_hosts(o, *operands++, f))
			return -1;
	}
	if (*operands && !strcmp(*operands, "--"))
		operands++;
	else if (*operands && **operands == '-' && !o->job.script)
		return fault_set(f, FAULT_USAGE, 0,
		    "the command begins with %s: options stand before the "
		    "hosts",
		    *operands);
	while (operands[n])
		n++;
	if (n == 0 && !o->job.script)
		return fault_set(f, FAULT_USAGE, 0, "no command given");
	o->job.words = (const char *const *)operands;
	o->job.n = n;
	return 0;
}

static int
finish_hosts(struct fleet_options *o, struct fault *f)
{
	size_t i;

	if (selection_finish(&o->selection, f))
		return -1;
	o->hosts = o->selection.hosts;
	if (host_list_count(o->hosts) == 0)
		return fault_set(f, FAULT_USAGE, 0, "no hosts are left");
	for (i = 0; i < o->forwards.n; i++) {
		if (o->forwards.local[i] && host_list_count(o->hosts) > 1)
			return fault_set(f, FAULT_USAGE, 0,
			    "-L: a port here can lead to one host only");
	}
	return 0;
}

int
fleet_options_parse(struct fleet_options *o, const struct opt *table,
    char **argv, struct fault *f)
{
	const char *value;
	struct opts opts;
	int id;

	*o = (struct fleet_options){.jobs = OPTIONS_JOBS};
	selection_init(&o->selection);
	opts_init(&opts, table, argv);
	while ((id = opts_next(&opts, &value, f)) > 0) {
		if (set(o, id, value, f))
			return -1;
	}
	if (id < 0)
		return -1;
	if (o->help || o->version)
		return 0;
	if (take_operands(o, argv + opts.next, f) || finish_hosts(o, f))
		return -1;
	o->job.env = (const char *const *)o->env.items;
	o->job.n_env = o->env.count;
	o->job.several = o->several;
	if (!o->no_input && (o->broadcast || !o->several))
		o->job.input = o->several ? INPUT_EACH : INPUT_ONE;
	return 0;
}

void
fleet_options_release(struct fleet_options *o)
{
	selection_release(&o->selection);
	words_release(&o->ssh);
	words_release(&o->env);
	forwards_release(&o->forwards);
}
