#include <criterion/criterion.h>
#include <limits.h>

#include "base/clock.h"

Test(base_clock, time_never_goes_back)
{
	int64_t before = clock_now();
	int i;

	for (i = 0; i < 10000; i++) {
		int64_t now = clock_now();

		cr_assert_geq(now, before);
		before = now;
	}
}

Test(base_clock, a_deadline_leaves_what_is_left)
{
	struct deadline d = deadline_in(60000, "answer", "-o X");

	cr_expect_leq(deadline_left(&d), 60000);
	cr_expect_gt(deadline_left(&d), 50000);
	cr_expect_eq(d.span, 60000);
	cr_expect_str_eq(d.name, "answer");
	cr_expect_str_eq(d.option, "-o X");
}

Test(base_clock, a_passed_deadline_leaves_nothing)
{
	struct deadline d = deadline_in(0, "answer", NULL);

	cr_expect_eq(deadline_left(&d), 0);
	d.at = clock_now() - 1;
	cr_expect_eq(deadline_left(&d), 0);
}

Test(base_clock, a_span_below_zero_never_passes)
{
	struct deadline d = deadline_in(-1, "answer", NULL);

	cr_expect_eq(deadline_left(&d), -1);
	d = deadline_in(INT64_MIN, "answer", NULL);
	cr_expect_eq(deadline_left(&d), -1);
}

Test(base_clock, a_distant_deadline_fits_into_poll)
{
	struct deadline d = deadline_in(1000000000999, "answer", NULL);

	cr_expect_eq(deadline_left(&d), INT_MAX);
}
