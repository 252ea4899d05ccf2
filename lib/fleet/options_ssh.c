/*
 * Options that stand for a line of ssh_config.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"
#include "fleet/options_internal.h"

static void
set_ssh(struct fleet_options *o, const char *key, const char *value)
{
	char *line = mem_printf("%s=%s", key, value);

	words_add(&o->ssh, line);
	mem_free(line);
}

/* A path as it is, whatever is in it: as one word of ssh_config. */
static int
set_identity(struct fleet_options *o, const char *path, struct fault *f)
{
	struct buf line;

	if (!*path)
		return options_bad_value("-i", "''", "a file", f);
	buf_init(&line, SIZE_MAX / 2);
	buf_puts(&line, "IdentityFile=\"");
	for (; *path; path++) {
		if (*path == '"' || *path == '\'' || *path == '\\')
			buf_putc(&line, '\\');
		buf_putc(&line, *path);
	}
	buf_putc(&line, '"');
	words_add(&o->ssh, buf_str(&line));
	buf_release(&line);
	return 0;
}

static int
set_port(struct fleet_options *o, const char *value, struct fault *f)
{
	uint64_t port;

	if (num_parse_str(value, 65535, &port) || port == 0)
		return options_bad_value(
		    "-p", value, "a port from 1 to 65535", f);
	set_ssh(o, "Port", value);
	return 0;
}

int
options_set_ssh(
    struct fleet_options *o, int id, const char *value, struct fault *f)
{
	switch (id) {
	case OPTION_LOGIN:
		if (!*value)
			return options_bad_value("-l", "''", "a user", f);
		set_ssh(o, "User", value);
		return 0;
	case OPTION_PORT:
		return set_port(o, value, f);
	case OPTION_IDENTITY:
		return set_identity(o, value, f);
	case OPTION_JUMP:
		if (!*value)
			return options_bad_value("-J", "''", "a jump host", f);
		set_ssh(o, "ProxyJump", value);
		return 0;
	case OPTION_AGENT:
		o->agent = true;
		set_ssh(o, "ForwardAgent", "yes");
		return 0;
	case OPTION_REMOTE:
	case OPTION_LOCAL:
		return forwards_add(&o->forwards, id == OPTION_LOCAL, value, f);
	case OPTION_SSH:
		words_add(&o->ssh, value);
		return 0;
	case OPTION_IPV4:
		set_ssh(o, "AddressFamily", "inet");
		return 0;
	case OPTION_IPV6:
		set_ssh(o, "AddressFamily", "inet6");
		return 0;
	default:
		return 1;
	}
}
