/*
 * Options that say what to run, and how.
 */
#include <string.h>

#include "fleet/options_internal.h"

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
set_flag(struct fleet_options *o, int id)
{
	switch (id) {
	case OPTION_NO_INPUT:
		o->no_input = true;
		return 0;
	case OPTION_BROADCAST:
		o->broadcast = true;
		return 0;
	case OPTION_TERMINAL:
		o->job.terminal++;
		return 0;
	case OPTION_TETHER:
		o->job.tether = true;
		return 0;
	case OPTION_DRY_RUN:
		o->dry_run = true;
		return 0;
	case OPTION_SUDO_DIRECT:
		o->job.sudo_direct = true;
		return 0;
	case OPTION_SUDO_ASK:
		o->sudo_ask = true;
		return 0;
	default:
		return 1;
	}
}

int
options_set_command(
    struct fleet_options *o, int id, const char *value, struct fault *f)
{
	switch (id) {
	case OPTION_DIRECTORY:
		return options_text(
		    "-C", value, "a directory", &o->job.directory, f);
	case OPTION_ENV:
		return set_env(o, value, f);
	case OPTION_SCRIPT:
		return options_text("-s", value, "a file", &o->job.script, f);
	case OPTION_TIME:
		return options_seconds("-T", value, &o->job.time_limit, f);
	case OPTION_UNTIL:
		return options_seconds("--until", value, &o->job.until, f);
	case OPTION_SCOPE:
		return set_way(o, value, f);
	case OPTION_SUDO_USER:
		return options_text(
		    "-u", value, "a user", &o->job.sudo_user, f);
	case OPTION_SUDO_GROUP:
		return options_text(
		    "-g", value, "a group", &o->job.sudo_group, f);
	case OPTION_SUDO_FILE:
		o->sudo_password_file = value;
		return 0;
	default:
		return set_flag(o, id);
	}
}
