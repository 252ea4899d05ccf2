#include <criterion/criterion.h>

#include <string.h>
#include <time.h>

#include "http/date.h"

Test(date, the_three_forms_name_the_same_second)
{
	static const char *const forms[] = {"Sun, 06 Nov 1994 08:49:37 GMT",
	    "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"};
	int64_t seconds;
	size_t i;

	for (i = 0; i < 3; i++) {
		cr_assert_eq(
		    date_parse(view_of(forms[i]), 1700000000, &seconds), 0);
		cr_assert_eq(seconds, 784111777, "%s", forms[i]);
	}
}

Test(date, what_is_no_date_is_refused)
{
	static const char *const bad[] = {"", "now", "0", "784111777",
	    "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
	    "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
	    "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
	    "Sun, D6 Nov 1994 08:49:37 GMT", "Sun, dd Nov 1994 08:49:37 GMT",
	    "Sun Nov D6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 GMT ",
	    "Xyz, 06 Nov 1994 08:49:37 GMT"};
	int64_t seconds;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		cr_expect_eq(
		    date_parse(view_of(bad[i]), 0, &seconds), -1, "%s", bad[i]);
}

Test(date, every_day_agrees_with_the_c_library_and_reads_back)
{
	char text[DATE_LEN + 1], expected[64];
	int64_t s, back;
	time_t t;
	struct tm tm;

	for (s = -5000000000; s < 10000000000; s += 86399 * 7) {
		t = (time_t)s;
		gmtime_r(&t, &tm);
		strftime(expected, sizeof(expected),
		    "%a, %d %b %Y %H:%M:%S GMT", &tm);
		date_format(s, text);
		cr_assert_str_eq(text, expected);
		cr_assert_eq(date_parse(view_of(text), 0, &back), 0);
		cr_assert_eq(back, s);
	}
}

Test(date, a_year_of_two_digits_is_at_most_fifty_years_ahead)
{
	int64_t seconds;

	/* in 2023, 72 is 2072 and 74 is 1974 */
	cr_assert_eq(date_parse(view_of("Sunday, 06-Nov-72 08:49:37 GMT"),
			 1700000000, &seconds),
	    0);
	cr_assert_eq(date_split(seconds).year, 2072);
	cr_assert_eq(date_parse(view_of("Sunday, 06-Nov-74 08:49:37 GMT"),
			 1700000000, &seconds),
	    0);
	cr_assert_eq(date_split(seconds).year, 1974);
}

Test(date, times_beyond_four_digits_of_years_do_not_break_the_form)
{
	char text[DATE_LEN + 1];

	date_format(INT64_MAX, text);
	cr_assert_eq(strlen(text), DATE_LEN);
	date_format(INT64_MIN, text);
	cr_assert_eq(strlen(text), DATE_LEN);
}
