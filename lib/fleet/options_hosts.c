/*
 * Options that say which hosts, and how many at a time.
 */
#include "fleet/options_internal.h"

int
options_add_hosts(struct fleet_options *o, const char *text, struct fault *f)
{
	if (!host_list_is_plain(text))
		o->several = true;
	return selection_add(&o->selection, text, f);
}

int
options_set_hosts(
    struct fleet_options *o, int id, const char *value, struct fault *f)
{
	switch (id) {
	case OPTION_HOSTS:
		o->several = true;
		return options_add_hosts(o, value, f);
	case OPTION_FILE:
		o->several = true;
		return selection_add_file(&o->selection, value, f);
	case OPTION_EXCLUDE:
		return selection_exclude(&o->selection, value, f);
	case OPTION_JOBS:
		return options_number("-j", value, HOST_LIST_MAX, &o->jobs, f);
	case OPTION_WAIT:
		return options_seconds("--wait", value, &o->wait_time, f);
	case OPTION_PASSWORD_FILE:
		o->password_file = value;
		return 0;
	case OPTION_FINGERPRINTS:
		o->fingerprints = value;
		return 0;
	case OPTION_ASK:
		o->ask = true;
		return 0;
	case OPTION_CONFIG:
		o->config = value;
		return 0;
	case OPTION_SETTINGS:
		o->settings = true;
		return 0;
	default:
		return 1;
	}
}
