#include "fleet/survey.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "ssh/connection.h"
#include "ssh/hostkey.h"

static bool
may_ask(const struct settings *s)
{
	return s->strict_host_key_checking == STRICT_ASK && !s->batch_mode;
}

static void
survey_host(void *arg, const struct target *t, struct outcome *o)
{
	struct fault f = {0};

	(void)arg;
	*o = (struct outcome){0};
	if (may_ask(t->settings) &&
	    hostkey_is_stranger(t->settings, t->access) &&
	    connection_survey(t->settings, t->access, t->wait, &f))
		diag_verbose(
		    1, "%s: its key is not to be had: %s", t->label, f.text);
}

/* How many strangers there are among the hosts, counted up to 2. */
static int
strangers(const struct runner *r)
{
	size_t i, count = host_list_count(r->hosts);
	struct fault ignored;
	int n = 0;

	for (i = 0; i < count && n < 2; i++) {
		struct settings s;

		if (sshconfig_settings(
			r->config, host_list_get(r->hosts, i), &s, &ignored))
			continue;
		n += may_ask(&s) && hostkey_is_stranger(&s, r->access);
		settings_release(&s);
	}
	return n;
}

static bool
has_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	fdio_close(fd);
	return fd >= 0;
}

int
survey(const struct runner *r, struct fault *f)
{
	struct runner look = *r;
	struct wait w = {.cancel = r->cancel, .wake = r->wake};

	if (host_list_count(r->hosts) < 2 || !has_terminal() ||
	    strangers(r) < 2)
		return 0;
	look.run = survey_host;
	look.run_arg = NULL;
	look.sink = NULL;
	look.started = NULL;
	look.ended = NULL;
	look.max_fail = 0;
	if (runner_run(&look, f) < 0)
		return -1;
	if (newkeys_ask(r->access->newkeys, &w, f) &&
	    f->class == FAULT_CANCELLED)
		return -1;
	fault_clear(f);
	return 0;
}
