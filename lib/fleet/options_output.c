/*
 * Options that say where output goes, and what is told of hosts and program.
 */
#include <string.h>

#include "fleet/options_internal.h"

static int
set_prefix(struct fleet_options *o, const char *value, struct fault *f)
{
	if (!strcmp(value, "auto"))
		o->output.prefix = PREFIX_AUTO;
	else if (!strcmp(value, "always"))
		o->output.prefix = PREFIX_ALWAYS;
	else if (!strcmp(value, "never"))
		o->output.prefix = PREFIX_NEVER;
	else
		return options_bad_value(
		    "--prefix", value, "auto, always or never", f);
	return 0;
}

static int
set_flag(struct fleet_options *o, int id)
{
	switch (id) {
	case OPTION_GROUP:
		o->output.grouped = true;
		return 0;
	case OPTION_JSON:
		o->output.json = true;
		return 0;
	case OPTION_PROGRESS:
		o->progress = PROGRESS_YES;
		return 0;
	case OPTION_NO_PROGRESS:
		o->progress = PROGRESS_NO;
		return 0;
	case OPTION_QUIET:
		o->quiet = true;
		return 0;
	case OPTION_VERBOSE:
		o->verbose++;
		return 0;
	case OPTION_HELP:
		o->help = true;
		return 0;
	case OPTION_VERSION:
		o->version = true;
		return 0;
	default:
		return 1;
	}
}

int
options_set_output(
    struct fleet_options *o, int id, const char *value, struct fault *f)
{
	switch (id) {
	case OPTION_PREFIX:
		return set_prefix(o, value, f);
	case OPTION_OUTPUT_DIR:
		return options_text(
		    "-O", value, "a directory", &o->output.directory, f);
	case OPTION_FAILED:
		return options_text("--failed", value, "a file", &o->failed, f);
	case OPTION_MAX_FAIL:
		return options_number(
		    "--max-fail", value, HOST_LIST_MAX, &o->max_fail, f);
	default:
		return set_flag(o, id);
	}
}
