#include <criterion/criterion.h>

#include <string.h>

#include "http/condition.h"
#include "http/date.h"

static const int64_t modified = 784111777;
static const char same[] = "Sun, 06 Nov 1994 08:49:37 GMT";
static const char older[] = "Sun, 06 Nov 1994 08:49:36 GMT";
static const char newer[] = "Sun, 06 Nov 1994 08:49:38 GMT";

static const struct validators *
there(void)
{
	static struct validators v;

	v = (struct validators){view_of("\"abc\""), modified, 1700000000};
	return &v;
}

struct row {
	enum field field;
	const char *value;
	enum field field2;
	const char *value2;
	enum condition result;
};

Test(condition, each_field_decides_as_the_standard_says)
{
	static const struct row rows[] = {
	    {FIELD_IF_MATCH, "\"abc\"", 0, NULL, CONDITION_PROCEED},
	    {FIELD_IF_MATCH, "*", 0, NULL, CONDITION_PROCEED},
	    {FIELD_IF_MATCH, "\"x\", \"abc\"", 0, NULL, CONDITION_PROCEED},
	    {FIELD_IF_MATCH, "\"x\"", 0, NULL, CONDITION_FAILED},
	    {FIELD_IF_MATCH, "W/\"abc\"", 0, NULL, CONDITION_FAILED},
	    {FIELD_IF_MATCH, "garbage", 0, NULL, CONDITION_FAILED},
	    {FIELD_IF_NONE_MATCH, "\"abc\"", 0, NULL, CONDITION_NOT_MODIFIED},
	    {FIELD_IF_NONE_MATCH, "W/\"abc\"", 0, NULL, CONDITION_NOT_MODIFIED},
	    {FIELD_IF_NONE_MATCH, "\"x,y\" , \"abc\"", 0, NULL,
		CONDITION_NOT_MODIFIED},
	    {FIELD_IF_NONE_MATCH, "*", 0, NULL, CONDITION_NOT_MODIFIED},
	    {FIELD_IF_NONE_MATCH, "\"x\"", 0, NULL, CONDITION_PROCEED},
	    {FIELD_IF_NONE_MATCH, "abc", 0, NULL, CONDITION_PROCEED},
	    {FIELD_IF_NONE_MATCH, "\"ab", 0, NULL, CONDITION_PROCEED},
	    {FIELD_IF_MODIFIED_SINCE, same, 0, NULL, CONDITION_NOT_MODIFIED},
	    {FIELD_IF_MODIFIED_SINCE, older, 0, NULL, CONDITION_PROCEED},
	    {FIELD_IF_MODIFIED_SINCE, newer, 0, NULL, CONDITION_PROCEED},
	    {FIELD_IF_MODIFIED_SINCE, "x", 0, NULL, CONDITION_PROCEED},
	    {FIELD_IF_UNMODIFIED_SINCE, same, 0, NULL, CONDITION_PROCEED},
	    {FIELD_IF_UNMODIFIED_SINCE, newer, 0, NULL, CONDITION_PROCEED},
	    {FIELD_IF_UNMODIFIED_SINCE, older, 0, NULL, CONDITION_FAILED},
	    {FIELD_IF_UNMODIFIED_SINCE, "x", 0, NULL, CONDITION_PROCEED},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct request r = {.minor = 1};

		r.field[rows[i].field] = view_of(rows[i].value);
		cr_expect_eq(condition_check(&r, there()), rows[i].result,
		    "row %zu: %s", i, rows[i].value);
	}
}

Test(condition, tags_count_more_than_dates)
{
	static const struct row rows[] = {
	    {FIELD_IF_NONE_MATCH, "\"x\"", FIELD_IF_MODIFIED_SINCE, same,
		CONDITION_PROCEED},
	    {FIELD_IF_NONE_MATCH, "\"abc\"", FIELD_IF_MODIFIED_SINCE, older,
		CONDITION_NOT_MODIFIED},
	    {FIELD_IF_MATCH, "\"abc\"", FIELD_IF_UNMODIFIED_SINCE, older,
		CONDITION_PROCEED},
	    {FIELD_IF_MATCH, "\"x\"", FIELD_IF_NONE_MATCH, "\"abc\"",
		CONDITION_FAILED},
	    {FIELD_IF_MATCH, "\"abc\"", FIELD_IF_NONE_MATCH, "\"abc\"",
		CONDITION_NOT_MODIFIED},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct request r = {.minor = 1};

		r.field[rows[i].field] = view_of(rows[i].value);
		r.field[rows[i].field2] = view_of(rows[i].value2);
		cr_expect_eq(
		    condition_check(&r, there()), rows[i].result, "row %zu", i);
	}
}

Test(condition, a_range_applies_only_to_exactly_what_is_there)
{
	static const struct {
		const char *value;
		bool applies;
	} rows[] = {
	    {"\"abc\"", true},
	    {"W/\"abc\"", false},
	    {"\"x\"", false},
	    {"\"x\", \"abc\"", false},
	    {same, true},
	    {older, false},
	    {newer, false},
	    {"garbage", false},
	    {"", false},
	};
	struct request r = {.minor = 1};
	size_t i;

	cr_assert(condition_range_applies(&r, there()));
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		r.field[FIELD_IF_RANGE] = view_of(rows[i].value);
		cr_expect_eq(condition_range_applies(&r, there()),
		    rows[i].applies, "%s", rows[i].value);
	}
}

Test(condition, a_date_of_this_very_second_is_not_strong)
{
	struct validators v = {view_of("\"abc\""), modified, modified};
	struct request r = {.minor = 1};

	r.field[FIELD_IF_RANGE] = view_of(same);
	cr_assert(!condition_range_applies(&r, &v));
}
