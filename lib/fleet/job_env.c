/*
 * The variables that a command sees.
 */
#include <stdarg.h>

#include "fleet/job_internal.h"

enum { ENV_TEXT_MAX = 1024 * 1024 };

static void __attribute__((format(printf, 2, 3)))
add_env(struct run *r, const char *format, ...)
{
	va_list ap;
	struct buf text;

	buf_init(&text, ENV_TEXT_MAX);
	va_start(ap, format);
	buf_vprintf(&text, format, ap);
	va_end(ap);
	words_add(&r->env, buf_str(&text));
	buf_release(&text);
}

/* The variables of the httpd-scopes, as the host sees them. */
static void
add_scope_env(struct run *r)
{
	const struct reach_server *s = r->job->scopes->servers;
	struct buf outer;
	size_t i;

	if (!r->n_reached)
		return;
	add_env(r, "HTTPD_SCOPE_URL=%s", r->reached[0].url);
	add_env(r, "HTTPD_SCOPE_PORT=%d", r->reached[0].port);
	add_env(r, "HTTPD_SCOPE_ADDR=%s", r->reached[0].address);
	add_env(r, "HTTPD_SCOPE_ID=%s", s[0].id);
	if (s[0].fixed)
		add_env(r, "HTTPD_SCOPE_FIXED=1");
	buf_init(&outer, ENV_TEXT_MAX);
	for (i = 1; i < r->n_reached; i++)
		buf_printf(&outer, "%s%s %s %s %s", i > 1 ? " " : "",
		    r->reached[i].url, s[i].id, r->reached[i].address,
		    s[i].fixed ? "fixed" : "any");
	if (outer.len)
		add_env(r, "HTTPD_SCOPE_OUTER=%s", buf_str(&outer));
	buf_release(&outer);
}

static void
add_host_env(struct run *r)
{
	const struct settings *s = r->target->settings;

	add_env(r, "FAB_HOST=%s", s->host);
	add_env(r, "FAB_USER=%s", s->user);
	add_env(r, "FAB_PORT=%d", s->port);
	add_env(r, "FAB_NUMBER=%zu", r->target->index);
}

/* A plain line to one plain host is sent as it is; where a shell or env of
 * ours runs anyway, the command sees where it is. */
void
job_make_env(struct run *r)
{
	const struct job *job = r->job;
	size_t i;

	/* nothing but sudo and the command: a rule has to match */
	if (job->sudo_direct)
		return;
	add_scope_env(r);
	if (r->env.count || job->directory || job->n_env || job->script ||
	    job->sudo || job->several)
		add_host_env(r);
	for (i = 0; i < job->n_env; i++)
		add_env(r, "%s", job->env[i]);
}
