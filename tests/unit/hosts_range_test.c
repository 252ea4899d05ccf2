#include <criterion/criterion.h>

#include "hosts/range.h"

Test(hosts_range, padding_steps_and_several_items_are_kept)
{
	static const char text[] = "01-03,7,0-10/5";
	struct range_error e;
	struct range_set r;

	cr_assert_eq(range_set_parse(&r, text, strlen(text), &e), 0);
	cr_assert_eq(r.count, 3);
	cr_expect_eq(r.items[0].first, 1);
	cr_expect_eq(r.items[0].last, 3);
	cr_expect_eq(r.items[0].width, 2);
	cr_expect_eq(r.items[1].width, 0);
	cr_expect_eq(r.items[2].step, 5);
	cr_expect_eq(range_set_count(&r), 3 + 1 + 3);
	range_set_release(&r);
}

Test(hosts_range, errors_say_where)
{
	static const struct {
		const char *text;
		size_t at;
	} rows[] = {{"", 0}, {"a", 0}, {"1,", 2}, {"3-1", 2}, {"1-010", 2},
	    {"1-", 2}, {"1/2", 1}, {"1-3/0", 4}, {"1-3/", 4}, {"1-2-3", 3},
	    {"1 ", 1}, {"1234567890123456789", 0}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *text = rows[i].text;
		struct range_error e = {.at = 99};
		struct range_set r;

		cr_expect_eq(range_set_parse(&r, text, strlen(text), &e), -1,
		    "%s", text);
		cr_expect_eq(e.at, rows[i].at, "%s: %zu", text, e.at);
		cr_expect_null(r.items);
	}
}

Test(hosts_range, only_the_given_bytes_are_read)
{
	struct range_error e;
	struct range_set r;

	cr_assert_eq(range_set_parse(&r, "1-2]", 3, &e), 0);
	range_set_release(&r);
}

Test(hosts_range, the_largest_ranges_do_not_overflow_the_count)
{
	static const char text[] = "0-999999999999999999,0-999999999999999999";
	struct range_error e;
	struct range_set r;

	cr_assert_eq(range_set_parse(&r, text, strlen(text), &e), 0);
	cr_expect_eq(range_set_count(&r), 2000000000000000000);
	range_set_release(&r);
}

Test(hosts_range, numbers_are_printed_padded)
{
	struct buf b;

	buf_init(&b, 100);
	range_print(&b, 7, 3);
	range_print(&b, 0, 0);
	range_print(&b, 1234, 2);
	cr_expect_str_eq(buf_str(&b), "00701234");
	buf_release(&b);
}
