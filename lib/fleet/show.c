#include "fleet/show.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "cli/status.h"
#include "ssh/transport.h"

enum { SHOW_TEXT_MAX = 4 << 20 };

static int
print(const struct buf *text)
{
	if (fdio_write_all(STDOUT_FILENO, buf_str(text), text->len)) {
		diag_error("standard output: %s", strerror(errno));
		return STATUS_OWN;
	}
	return STATUS_OK;
}

int
show_help(const char *usage, const struct opt *table)
{
	struct buf text;
	int status;

	buf_init(&text, SHOW_TEXT_MAX);
	opts_help(&text, usage, table);
	status = print(&text);
	buf_release(&text);
	return status;
}

int
show_version(bool verbose)
{
	struct buf text;
	int status;

	buf_init(&text, SHOW_TEXT_MAX);
	buf_printf(&text, "%s %s\n", diag_program(), FAB_VERSION);
	if (verbose) {
		buf_printf(&text, "libssh2 %s\n", transport_library());
		if (*transport_library_lacks())
			buf_printf(&text, "which lacks: %s\n",
			    transport_library_lacks());
	}
	status = print(&text);
	buf_release(&text);
	return status;
}

/* Appends what is to be shown of one host.  -1 with a fault. */
typedef int show_host(const struct fleet_options *o,
    const struct target *target, struct buf *to, struct fault *f);

static int
put_settings(const struct fleet_options *o, const struct target *t,
    struct buf *to, struct fault *f)
{
	(void)o;
	(void)f;
	settings_print(to, t->settings);
	return 0;
}

static int
put_job(const struct fleet_options *o, const struct target *t, struct buf *to,
    struct fault *f)
{
	return job_show(&o->job, t, to, f);
}

static int
put_host(const struct fleet_options *o, const struct sshconfig *config,
    size_t host, show_host *put, struct buf *to)
{
	char *label = host_list_label_text(o->hosts, host);
	struct target target = {.index = host, .label = label};
	struct settings settings;
	struct fault f = {0};
	int ret = sshconfig_settings(
	    config, host_list_get(o->hosts, host), &settings, &f);

	if (!ret) {
		target.settings = &settings;
		ret = put(o, &target, to, &f);
		settings_release(&settings);
	}
	if (ret) {
		fault_prefix(&f, "%s", label);
		diag_fault(&f);
	}
	mem_free(label);
	return ret ? STATUS_OWN : STATUS_OK;
}

/* Host by host, for there may be many; the first error is the status. */
static int
show_hosts(const struct fleet_options *o, const struct sshconfig *config,
    show_host *put)
{
	size_t n = host_list_count(o->hosts), i;
	struct buf text;
	int status = STATUS_OK, ret = STATUS_OK;

	buf_init(&text, SHOW_TEXT_MAX);
	for (i = 0; i < n && !ret; i++) {
		buf_clear(&text);
		if (put_host(o, config, i, put, &text))
			status = STATUS_OWN;
		ret = print(&text);
	}
	buf_release(&text);
	return ret ? ret : status;
}

int
show_settings(const struct fleet_options *o, const struct sshconfig *config)
{
	return show_hosts(o, config, put_settings);
}

int
show_job(const struct fleet_options *o, const struct sshconfig *config)
{
	return show_hosts(o, config, put_job);
}
