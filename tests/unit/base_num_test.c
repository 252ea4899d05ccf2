#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"

Test(base_num, digits_alone_are_a_number)
{
	static const char *const bad[] = {"", " 1", "1 ", "+1", "-1", "0x1",
	    "1e3", "1.0", "\xd9\xa1", "1\n", "18446744073709551616",
	    "99999999999999999999999", "184467440737095516150"};
	uint64_t v = 7;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		cr_expect_eq(
		    num_parse_str(bad[i], UINT64_MAX, &v), -1, "%s", bad[i]);
	cr_expect_eq(v, 7, "the value is untouched");
	cr_expect_eq(num_parse_str("18446744073709551615", UINT64_MAX, &v), 0);
	cr_expect_eq(v, UINT64_MAX);
	cr_expect_eq(
	    num_parse_str("000000000000000000000000000012", 12, &v), 0);
	cr_expect_eq(v, 12);
}

Test(base_num, the_maximum_itself_is_allowed)
{
	uint64_t v, max;

	for (max = 0; max < 130; max++) {
		char text[24];

		snprintf(text, sizeof(text), "%d", (int)max);
		cr_expect_eq(num_parse_str(text, max, &v), 0);
		cr_expect_eq(v, max);
		snprintf(text, sizeof(text), "%d", (int)max + 1);
		cr_expect_eq(num_parse_str(text, max, &v), -1);
	}
}

Test(base_num, no_more_than_n_bytes_are_looked_at)
{
	uint64_t v;

	cr_expect_eq(num_parse("123x", 3, 1000, &v), 0);
	cr_expect_eq(v, 123);
	cr_expect_eq(num_parse("1\0"
			       "2",
			 3, 1000, &v),
	    -1);
}

Test(base_num, seconds_have_up_to_three_decimals)
{
	static const struct {
		const char *text;
		int64_t ms; /* -1: refused */
	} rows[] = {{"0", 0}, {"1", 1000}, {"1.5", 1500}, {"1.05", 1050},
	    {"1.005", 1005}, {"0.001", 1}, {"0.010", 10}, {"10.25", 10250},
	    {"1000000000", 1000000000000}, {"1000000000.999", 1000000000999},
	    {"1000000001", -1}, {"1.", -1}, {".5", -1}, {".", -1}, {"", -1},
	    {"1.0005", -1}, {"1.5.5", -1}, {"1,5", -1}, {"-1", -1},
	    {"1.-5", -1}, {"1s", -1}, {"inf", -1},
	    {"99999999999999999999", -1}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t ms = -1;
		int ret = num_parse_seconds(rows[i].text, &ms);

		cr_expect_eq(ret, rows[i].ms < 0 ? -1 : 0, "%s", rows[i].text);
		cr_expect_eq(ms, rows[i].ms, "%s", rows[i].text);
	}
}

Test(base_num, hexadecimal_digits_have_either_case)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	int c;

	for (c = -128; c < 256; c++) {
		const char *at = c > 0 && c < 128 ? strchr(digits, c) : NULL;
		int value = at ? (int)(at - digits) : -1;

		if (value > 15)
			value -= 6;
		cr_expect_eq(num_hex_digit((char)c), value, "%d", c);
	}
}
