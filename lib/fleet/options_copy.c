/*
 * Options of copies, and their operands.
 */
#include <string.h>

#include "base/num.h"
#include "fleet/options_internal.h"

enum { MODE_MAX = 07777 };

static int
set_mode(struct copy_how *how, const char *value, struct fault *f)
{
	unsigned mode = 0;
	const char *p;

	for (p = value; *p >= '0' && *p <= '7' && mode <= MODE_MAX; p++)
		mode = mode * 8 + (unsigned)(*p - '0');
	if (!*value || *p || mode > MODE_MAX)
		return options_bad_value(
		    "-m", value, "a mode in octal, 644 or 0755,", f);
	how->set_mode = true;
	how->mode = (mode_t)mode;
	return 0;
}

/* USER, USER:GROUP. */
static int
set_owner(struct copy_how *how, const char *value, struct fault *f)
{
	size_t n = strcspn(value, ":");

	if (n == 0 || value[0] == '-' || value[n + (value[n] == ':')] == '-' ||
	    (value[n] && strchr(value + n + 1, ':')) ||
	    strpbrk(value, " \t\n/\\\"'`$;&|<>()*?[]"))
		return options_bad_value("--owner", value, "USER[:GROUP]", f);
	how->owner = value;
	return 0;
}

static int
set_rate(uint64_t *rate, const char *value, struct fault *f)
{
	static const char units[] = "KMG";
	size_t n = strspn(value, "0123456789");
	const char *unit = value[n] ? strchr(units, value[n] & ~0x20) : NULL;
	uint64_t bytes;

	if (num_parse(value, n, (uint64_t)1 << 40, &bytes) || bytes == 0 ||
	    (value[n] && (!unit || value[n + 1])))
		return options_bad_value(
		    "--rate", value, "bytes a second, with K, M or G,", f);
	if (unit)
		bytes <<= 10 * (unit - units + 1);
	*rate = bytes;
	return 0;
}

static void
set_flag(struct copy_how *how, int id)
{
	how->recursive |= id == OPTION_RECURSIVE;
	how->times |= id == OPTION_TIMES;
	how->check |= id == OPTION_CHECK;
	how->resume |= id == OPTION_RESUME;
	how->sudo |= id == OPTION_SUDO;
}

int
options_set_copy(
    struct fleet_options *o, int id, const char *value, struct fault *f)
{
	switch (id) {
	case OPTION_MODE:
		return set_mode(&o->copy.how, value, f);
	case OPTION_OWNER:
		return set_owner(&o->copy.how, value, f);
	case OPTION_RATE:
		return set_rate(&o->copy.rate, value, f);
	case OPTION_CHANGED:
		o->copy.changed = value;
		return 0;
	case OPTION_RECURSIVE:
	case OPTION_TIMES:
	case OPTION_CHECK:
	case OPTION_RESUME:
	case OPTION_SUDO:
		set_flag(&o->copy.how, id);
		return 0;
	default:
		return 1;
	}
}

static int
take_operands(struct fleet_options *o, char **operands, struct fault *f)
{
	size_t n = 0, i;

	if (*operands && !strcmp(*operands, "--"))
		operands++;
	else if (*operands && operands[0][0] == '-' && operands[0][1])
		return fault_set(f, FAULT_USAGE, 0,
		    "%s: options stand before the hosts; a file of that name "
		    "is ./%s",
		    *operands, *operands);
	while (operands[n])
		n++;
	if (n < 2)
		return fault_set(f, FAULT_USAGE, 0,
		    n ? "%s: and where to? a target is missing"
		      : "no source and no target given",
		    n ? operands[0] : "");
	for (i = 0; i < n; i++) {
		if (!*operands[i])
			return fault_set(
			    f, FAULT_USAGE, 0, "a file name is empty");
	}
	o->copy.sources = (const char *const *)operands;
	o->copy.n = n - 1;
	o->copy.target = operands[n - 1];
	return 0;
}

int
fleet_options_parse_copy(struct fleet_options *o, const struct opt *table,
    char **argv, struct fault *f)
{
	struct copy_how *how = &o->copy.how;
	char **operands;

	if (fleet_options_read(o, table, argv, &operands, f))
		return -1;
	if (o->help || o->version)
		return 0;
	how->sudo |= o->job.sudo_user || o->sudo_ask || o->sudo_password_file;
	how->sudo_user = o->job.sudo_user;
	if (fleet_options_take_hosts(o, &operands, f))
		return -1;
	if (o->settings)
		return 0;
	return take_operands(o, operands, f);
}
