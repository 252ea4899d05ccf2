/*
 * The line that is sent, and what would be.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fleet/job_internal.h"
#include "ssh/cmdline.h"

int
job_build_line(struct run *r, struct buf *line, struct fault *f)
{
	const struct job *job = r->job;
	const char **words = mem_alloc(job->n + 1, sizeof(*words));
	struct cmdline c = {.words = words,
	    .line = job->n == 1 && !job->script && !job->sudo_direct,
	    .directory = job->directory,
	    .env = (const char *const *)r->env.items,
	    .n_env = r->env.count,
	    .sudo = job->sudo ? &r->sudo : NULL,
	    .sudo_user = job->sudo_user,
	    .sudo_group = job->sudo_group,
	    .scratch = r->scratch,
	    .tether = job->tether};
	size_t i;
	int ret = 0;

	if (job->script)
		words[c.n++] = r->program;
	for (i = 0; i < job->n; i++)
		words[c.n++] = job->words[i];
	if (cmdline_build(line, &c))
		ret = fault_set(f, FAULT_USAGE, 0,
		    "the command is longer than %d bytes: a script (-s) or "
		    "standard input takes more",
		    JOB_LINE_MAX);
	mem_free(words);
	return ret;
}

/* Whether cmdline_build left it to the login shell as it is. */
static bool
is_plain(const struct job *job, const struct buf *line)
{
	return job->n == 1 && !job->script &&
	    !strcmp(buf_str(line), job->words[0]);
}

void
job_split_line(const struct job *job, struct buf *line, struct buf *preamble)
{
	if (line->len <= JOB_DIRECT_MAX)
		return;
	if (is_plain(job, line))
		(void)cmdline_wrap(preamble, buf_str(line));
	else
		(void)buf_append(preamble, line->data, line->len);
	buf_clear(line);
	(void)cmdline_read(line, preamble->len);
}

/* What would stand for an httpd-scope on the host: the same port, which it is
 * where it was asked for. */
static void
pretend_reached(struct run *r)
{
	size_t i;

	if (r->job->way == REACH_OFF)
		return;
	for (i = 0; i < r->job->scopes->n; i++) {
		const struct reach_server *s = &r->job->scopes->servers[i];
		struct reached *to = &r->reached[i];

		to->port = s->port;
		memcpy(to->url, s->url, sizeof(to->url));
		memcpy(to->address, s->address, sizeof(to->address));
		r->n_reached++;
	}
}

static void
put_script(const struct job *job, struct run *r)
{
	const char *slash;

	if (!job->script)
		return;
	slash = strrchr(job->script, '/');
	r->scratch = mem_strdup("/tmp/fab.XXXXXXXXXX");
	r->program =
	    mem_printf("%s/%s", r->scratch, slash ? slash + 1 : job->script);
}

int
job_show(const struct job *job, const struct target *target, struct buf *to,
    struct fault *f)
{
	const struct settings *s = target->settings;
	struct run r = {.job = job, .target = target};
	struct buf line;
	int ret;

	buf_init(&line, JOB_LINE_MAX);
	sudo_init(&r.sudo, job->sudo_direct);
	pretend_reached(&r);
	put_script(job, &r);
	job_make_env(&r);
	ret = job_build_line(&r, &line, f);
	if (job->script)
		buf_printf(to, "%s: %s@%s:%d: copy %s to %s\n", target->label,
		    s->user, s->hostname, s->port, job->script, r.program);
	buf_printf(to, "%s: %s@%s:%d: %s\n", target->label, s->user,
	    s->hostname, s->port, buf_str(&line));
	buf_release(&line);
	job_forget_attempt(&r);
	return ret;
}
