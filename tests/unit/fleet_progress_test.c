#include <criterion/criterion.h>
#include <string.h>

#include "base/diag.h"
#include "fleet/progress.h"

enum { MAX = 4096 };

static void
start(void)
{
	diag_init("fab-run");
}

TestSuite(fleet_progress, .init = start);

static void
expect_text(struct progress *p, size_t columns, const char *wanted)
{
	struct buf b;

	buf_init(&b, MAX);
	progress_draw(p, columns, &b);
	cr_expect_str_eq(buf_str(&b), wanted);
	buf_release(&b);
}

Test(fleet_progress, hosts_are_counted)
{
	struct progress *p = progress_new(3, false);

	expect_text(p, 80, "fab-run: 0 of 3 done, 0 running, 0:00");
	progress_started(p);
	progress_started(p);
	expect_text(p, 80, "fab-run: 0 of 3 done, 2 running, 0:00");
	progress_ended(p, false);
	progress_ended(p, true);
	expect_text(p, 80, "fab-run: 2 of 3 done, 0 running, 1 failed, 0:00");
	expect_text(p, 20, "fab-run: 2 of 3 done");
	expect_text(p, 0, "");
	progress_free(p);
	progress_free(NULL);
}

Test(fleet_progress, failures_are_red_where_they_fit)
{
	struct progress *p = progress_new(1, true);

	progress_started(p);
	expect_text(p, 80, "fab-run: 0 of 1 done, 1 running, 0:00");
	progress_ended(p, true);
	expect_text(p, 80,
	    "fab-run: 1 of 1 done, 0 running, \033[31m1 failed\033[m, 0:00");
	expect_text(p, 36, "fab-run: 1 of 1 done, 0 running, 1 f");
	progress_free(p);
}

Test(fleet_progress, bytes_are_told_where_there_are_some)
{
	struct progress *p = progress_new(1, false);

	progress_started(p);
	progress_expect(p, 3400000000u);
	progress_moved(p, 1234);
	expect_text(
	    p, 80, "fab-run: 0 of 1 done, 1 running, 1.2 kB of 3.4 GB, 0:00");
	progress_moved(p, 3399998766u);
	expect_text(p, 80, "fab-run: 0 of 1 done, 1 running, 3.4 GB, 0:00");
	progress_free(p);
}
