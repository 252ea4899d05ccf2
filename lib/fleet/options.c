#include "fleet/options.h"

#include <string.h>

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

int
options_text(const char *option, const char *value, const char *wanted,
    const char **to, struct fault *f)
{
	if (!*value)
		return options_bad_value(option, "''", wanted, f);
	*to = value;
	return 0;
}

int
options_number(const char *option, const char *value, uint64_t max,
    uint64_t *to, struct fault *f)
{
	if (num_parse_str(value, max, to))
		return options_bad_value(option, value, "a number", f);
	return 0;
}

int
options_seconds(
    const char *option, const char *value, int64_t *to, struct fault *f)
{
	if (num_parse_seconds(value, to) || *to == 0)
		return options_bad_value(
		    option, value, "a number of seconds", f);
	return 0;
}

static int
set(struct fleet_options *o, int id, const char *value, struct fault *f)
{
	int ret = options_set_ssh(o, id, value, f);

	if (ret > 0)
		ret = options_set_hosts(o, id, value, f);
	if (ret > 0)
		ret = options_set_command(o, id, value, f);
	if (ret > 0)
		ret = options_set_output(o, id, value, f);
	if (ret > 0)
		ret = options_set_copy(o, id, value, f);
	return ret;
}

int
fleet_options_read(struct fleet_options *o, const struct opt *table,
    char **argv, char ***operands, struct fault *f)
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
	*operands = argv + opts.next;
	return id < 0 ? -1 : 0;
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
fleet_options_take_hosts(
    struct fleet_options *o, char ***operands, struct fault *f)
{
	char **first = *operands;

	if (o->several)
		return finish_hosts(o, f);
	if (!*first)
		return fault_set(f, FAULT_USAGE, 0, "no hosts given");
	/* one such name may well be a host's file; two in a row are what a
	 * shell makes of a range */
	if (host_list_looks_globbed(first[0]) && first[1] &&
	    host_list_looks_globbed(first[1]))
		o->globbed = first[0];
	if (options_add_hosts(o, first[0], f))
		return -1;
	++*operands;
	return finish_hosts(o, f);
}

static int
take_command(struct fleet_options *o, char **operands, struct fault *f)
{
	size_t n = 0;

	if (*operands && !strcmp(*operands, "--"))
		operands++;
	else if (*operands && **operands == '-' && !o->job.script)
		return fault_set(f, FAULT_USAGE, 0,
		    "the command begins with %s: options stand before the "
		    "hosts",
		    *operands);
	while (operands[n])
		n++;
	if (n == 0 && !o->job.script && !o->settings)
		return fault_set(f, FAULT_USAGE, 0, "no command given");
	o->job.words = (const char *const *)operands;
	o->job.n = n;
	return 0;
}

/* Options that contradict each other. */
static int
check(const struct fleet_options *o, struct fault *f)
{
	const struct output_options *out = &o->output;
	int kinds = out->grouped + (out->directory != NULL) + out->json;

	if (o->job.sudo_direct && (o->job.script || o->env.count))
		return fault_set(f, FAULT_USAGE, 0,
		    "%s takes a shell under sudo, which --direct does without",
		    o->job.script ? "-s" : "-e");
	if (kinds > 1)
		return fault_set(
		    f, FAULT_USAGE, 0, "-b, -O and --json exclude each other");
	if (kinds && out->prefix != PREFIX_AUTO)
		return fault_set(f, FAULT_USAGE, 0,
		    "--prefix is of no use with -b, -O or --json");
	return 0;
}

/* A command that is repeated would find its input read: only -I, which keeps
 * it, gives it any. */
static enum job_input
input_of(const struct fleet_options *o)
{
	if (o->no_input)
		return INPUT_NONE;
	if (o->broadcast && (o->several || o->job.until))
		return INPUT_EACH;
	return o->several || o->job.until ? INPUT_NONE : INPUT_ONE;
}

int
fleet_options_parse(struct fleet_options *o, const struct opt *table,
    char **argv, struct fault *f)
{
	char **operands;

	if (fleet_options_read(o, table, argv, &operands, f))
		return -1;
	if (o->help || o->version)
		return 0;
	if (fleet_options_take_hosts(o, &operands, f) ||
	    take_command(o, operands, f) || check(o, f))
		return -1;
	o->job.env = (const char *const *)o->env.items;
	o->job.n_env = o->env.count;
	o->job.several = o->several;
	o->job.input = input_of(o);
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
