#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "http/range.h"

static struct range ranges[RANGE_MAX];
static size_t count;

static enum range_result
parse(const char *field, uint64_t size)
{
	return range_parse(view_of(field), size, ranges, &count);
}

Test(range, one_range_is_found_in_all_its_forms)
{
	static const struct {
		const char *field;
		uint64_t size, first, length;
	} rows[] = {
	    {"bytes=0-0", 10, 0, 1},
	    {"bytes=0-", 10, 0, 10},
	    {"bytes=9-", 10, 9, 1},
	    {"bytes=-1", 10, 9, 1},
	    {"bytes=-10", 10, 0, 10},
	    {"bytes=-99", 10, 0, 10},
	    {"BYTES=2-3", 10, 2, 2},
	    {"bytes= 2-3 ,", 10, 2, 2},
	    {"bytes=0-18446744073709551615", 10, 0, 10},
	    {"bytes=0-99999999999999999999999", 10, 0, 10},
	    {"bytes=-18446744073709551615", 10, 0, 10},
	    {"bytes=20-30,0-1", 10, 0, 2},
	    {"bytes=5000000000-5000000001", 6000000000, 5000000000, 2},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		cr_expect_eq(parse(rows[i].field, rows[i].size), RANGE_SOME,
		    "%s", rows[i].field);
		cr_expect_eq(count, 1, "%s", rows[i].field);
		cr_expect_eq(
		    ranges[0].first, rows[i].first, "%s", rows[i].field);
		cr_expect_eq(
		    ranges[0].length, rows[i].length, "%s", rows[i].field);
	}
}

Test(range, what_cannot_be_satisfied_is_told_from_what_is_malformed)
{
	static const struct {
		const char *field;
		uint64_t size;
		enum range_result result;
	} rows[] = {
	    {"bytes=10-", 10, RANGE_UNSATISFIABLE},
	    {"bytes=10-11,99-", 10, RANGE_UNSATISFIABLE},
	    {"bytes=-0", 10, RANGE_UNSATISFIABLE},
	    {"bytes=0-", 0, RANGE_UNSATISFIABLE},
	    {"bytes=-5", 0, RANGE_UNSATISFIABLE},
	    {"bytes=", 10, RANGE_NONE},
	    {"bytes=,", 10, RANGE_NONE},
	    {"bytes=-", 10, RANGE_NONE},
	    {"bytes=a-b", 10, RANGE_NONE},
	    {"bytes=3-2", 10, RANGE_NONE},
	    {"bytes=1", 10, RANGE_NONE},
	    {"bytes=1-2-3", 10, RANGE_NONE},
	    {"bytes=--1", 10, RANGE_NONE},
	    {"bytes=0--1", 10, RANGE_NONE},
	    {"bytes=-9223372036854774809-999", 10, RANGE_NONE},
	    {"bytes=0-1,x", 10, RANGE_NONE},
	    {"lines=0-1", 10, RANGE_NONE},
	    {"bytes", 10, RANGE_NONE},
	    {"", 10, RANGE_NONE},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(parse(rows[i].field, rows[i].size), rows[i].result,
		    "%s", rows[i].field);
}

Test(range, several_ranges_keep_the_order_in_which_they_were_asked_for)
{
	cr_assert_eq(parse("bytes=8-9, 0-1,4-4", 10), RANGE_SOME);
	cr_assert_eq(count, 3);
	cr_assert_eq(ranges[0].first, 8);
	cr_assert_eq(ranges[1].first, 0);
	cr_assert_eq(ranges[2].first, 4);
}

Test(range, ranges_that_ask_for_more_than_everything_are_ignored)
{
	cr_assert_eq(parse("bytes=0-,0-", 10), RANGE_NONE);
	cr_assert_eq(parse("bytes=0-8,0-1", 10), RANGE_NONE);
	cr_assert_eq(parse("bytes=0-8,9-9", 10), RANGE_SOME);
}

Test(range, two_hundred_and_fifty_six_ranges_are_taken)
{
	char field[8192];
	size_t at = 0;
	int i;

	at += (size_t)snprintf(field, sizeof(field), "bytes=");
	for (i = 0; i < 256; i++)
		at += (size_t)snprintf(field + at, sizeof(field) - at,
		    "%s%d-%d", i ? "," : "", i * 100, i * 100 + 49);
	cr_assert_eq(parse(field, 100000), RANGE_SOME);
	cr_assert_eq(count, 256);
}

Test(range, more_ranges_than_the_limit_are_ignored)
{
	char field[16384] = "bytes=";
	int i;

	for (i = 0; i <= RANGE_MAX; i++)
		snprintf(field + strlen(field), 8, "%d-%d,", i % 10, i % 10);
	cr_assert_eq(parse(field, 1000000), RANGE_NONE);
}
