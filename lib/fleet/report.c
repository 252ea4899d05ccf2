#include "fleet/report.h"

#include <stdlib.h>

#include "base/mem.h"
#include "fleet/statusline.h"
#include "fleet/summary.h"
#include "ssh/ask.h"

struct report {
	struct report_setup setup;
	struct summary summary;
	struct progress *progress;
	struct statusline line;
};

struct report *
report_open(const struct report_setup *setup)
{
	const char *plain = getenv("NO_COLOR");
	struct report *r = mem_alloc(1, sizeof(*r));

	r->setup = *setup;
	r->progress = progress_new(setup->hosts.n, !plain || !*plain);
	r->line =
	    (struct statusline){.draw = progress_draw, .arg = r->progress};
	summary_init(&r->summary, setup->hosts.list, setup->hosts.labels,
	    setup->several, setup->quiet);
	r->setup.line = setup->line && statusline_possible();
	if (r->setup.line) {
		ask_set_screen(statusline_hold, statusline_release, NULL);
		writer_set_line(setup->writer, &r->line);
	}
	return r;
}

void
report_touch(struct report *r)
{
	if (r->setup.line)
		writer_touch_line(r->setup.writer);
}

struct progress *
report_progress(struct report *r)
{
	return r->progress;
}

void
report_started(void *report, const struct target *target)
{
	struct report *r = report;

	progress_started(r->progress);
	if (r->setup.failed)
		failed_set(r->setup.failed, target->index, "not ended");
	report_touch(r);
}

void
report_ended(void *report, const struct target *target, const struct outcome *o)
{
	struct report *r = report;
	bool success = !o->status && !o->not_started;

	if (o->class != FAULT_CANCELLED || !r->setup.silent ||
	    !atomic_load(r->setup.silent))
		summary_add(&r->summary, target->index, o);
	if (!o->not_started)
		progress_ended(r->progress, !success);
	if (r->setup.failed)
		failed_set(
		    r->setup.failed, target->index, success ? NULL : o->text);
	report_touch(r);
}

void
report_finish(struct report *r)
{
	if (r->setup.line)
		writer_set_line(r->setup.writer, NULL);
	summary_end(&r->summary);
}

void
report_free(struct report *r)
{
	progress_free(r->progress);
	mem_free(r);
}
