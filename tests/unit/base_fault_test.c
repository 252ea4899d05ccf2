#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "base/fault.h"

Test(base_fault, holds_class_errno_and_text)
{
	struct fault f = {0};

	cr_expect_eq(
	    fault_set(&f, FAULT_CONNECT, ECONNREFUSED, "port %d", 22), -1);
	cr_expect_eq(f.class, FAULT_CONNECT);
	cr_expect_eq(f.error, ECONNREFUSED);
	cr_expect_str_eq(f.text, "port 22: Connection refused");
	fault_set(&f, FAULT_AUTH, 0, "no");
	cr_expect_str_eq(f.text, "no");
	cr_expect_eq(f.error, 0);
}

Test(base_fault, prefixes_stand_before_the_text)
{
	struct fault f = {0};

	fault_set(&f, FAULT_AUTH, 0, "100%% of %s", "it");
	cr_expect_eq(fault_prefix(&f, "%s", "100%s"), -1);
	fault_prefix(&f, "web%d", 1);
	cr_expect_str_eq(f.text, "web1: 100%s: 100% of it");
	cr_expect_eq(f.class, FAULT_AUTH);
}

Test(base_fault, text_of_a_peer_is_made_printable)
{
	struct fault f = {0};

	fault_set(
	    &f, FAULT_AUTH, 0, "%s", "a\033[2J\r\nb\x9b\x7f\xc2\x9b\xc3\xa9");
	cr_expect_str_eq(
	    f.text, "a\\x1b[2J\\x0d\\x0ab\\x9b\\x7f\\xc2\\x9b\xc3\xa9");
}

Test(base_fault, long_texts_are_cut_and_stay_strings)
{
	static char large[100000];
	struct fault f = {0};

	memset(large, 'x', sizeof(large) - 1);
	fault_set(&f, FAULT_AUTH, 0, "%s", large);
	cr_expect_lt(strlen(f.text), sizeof(f.text));
	memset(large, '\1', sizeof(large) - 1);
	fault_set(&f, FAULT_AUTH, 0, "%.5000s", large);
	cr_expect_lt(strlen(f.text), sizeof(f.text));
	cr_expect_eq(strlen(f.text) % 4, 0, "no part of an escape");
	fault_prefix(&f, "host");
	cr_expect_eq(strncmp(f.text, "host: \\x01", 10), 0,
	    "the prefix is what is kept: %.20s", f.text);
}

/* Otherwise a fault would be told without saying anything. */
Test(base_fault, a_text_that_is_too_long_still_says_something)
{
	static char large[100000];
	struct fault f = {0};

	memset(large, 'x', sizeof(large) - 1);
	fault_set(&f, FAULT_AUTH, 0, "%s", large);
	cr_expect_neq(f.text[0], '\0');
}

Test(base_fault, the_caret_stands_under_the_mistake)
{
	static const struct {
		const char *text;
		size_t at;
		const char *shown;
		int caret;
	} rows[] = {
	    {"web[1-", 3, "web[1-", 3},
	    {"", 0, "", 0},
	    {"web", 3, "web", 3},
	    {"\xc3\xa4[", 2, "\xc3\xa4[", 1},
	    {"\1[", 1, "\\x01[", 4},
	    {"\x80\x80[", 2, "\\x80\\x80[", 8},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fault f = {0};

		cr_expect_eq(fault_show(&f, rows[i].text, rows[i].at), -1);
		cr_expect_str_eq(f.shown, rows[i].shown);
		cr_expect_eq(f.caret, rows[i].caret, "row %zu: %d", i, f.caret);
	}
}

Test(base_fault, of_a_long_text_the_part_around_the_mistake_is_shown)
{
	static char text[100001];
	struct fault f = {0};
	size_t at;

	for (at = 0; at < sizeof(text) - 1; at++)
		text[at] = (char)('a' + at % 26);
	for (at = 0; at < sizeof(text); at += 999) {
		fault_show(&f, text, at);
		cr_assert_leq(strlen(f.shown), 80);
		cr_assert_leq((size_t)f.caret, strlen(f.shown));
		cr_expect_eq(f.shown[f.caret], text[at]);
	}
}

Test(base_fault, a_window_of_controls_does_not_overflow)
{
	static char text[200];
	struct fault f = {0};
	size_t at;

	memset(text, '\1', sizeof(text) - 1);
	for (at = 0; at < sizeof(text); at++) {
		fault_show(&f, text, at);
		cr_assert_lt(strlen(f.shown), sizeof(f.shown));
		cr_assert_leq((size_t)f.caret, strlen(f.shown));
	}
}

Test(base_fault, a_cleared_fault_says_nothing)
{
	struct fault f = {0};

	fault_set(&f, FAULT_USAGE, EIO, "x");
	fault_show(&f, "text", 2);
	fault_clear(&f);
	cr_expect_eq(f.class, FAULT_NONE);
	cr_expect_eq(f.error, 0);
	cr_expect_str_eq(f.text, "");
	cr_expect_str_eq(f.shown, "");
}

Test(base_fault, each_class_has_a_name_of_its_own)
{
	int i, j;

	for (i = FAULT_NONE; i <= FAULT_CANCELLED; i++) {
		cr_expect_str_neq(
		    fault_class_name((enum fault_class)i), "unknown");
		for (j = FAULT_NONE; j < i; j++)
			cr_expect_str_neq(fault_class_name((enum fault_class)i),
			    fault_class_name((enum fault_class)j));
	}
}
