#include <criterion/criterion.h>
#include <string.h>

#include "base/json.h"

enum { MAX = 4096 };

static void
expect_string(const char *text, const char *wanted)
{
	struct buf b;

	buf_init(&b, MAX);
	json_string(&b, text);
	cr_expect_str_eq(buf_str(&b), wanted);
	buf_release(&b);
}

Test(base_json, strings)
{
	expect_string(NULL, "null");
	expect_string("", "\"\"");
	expect_string("a\"b\\c", "\"a\\\"b\\\\c\"");
	expect_string("\n\t\r\x01\x7f", "\"\\n\\t\\r\\u0001\\u007f\"");
	expect_string("\xc3\xa9", "\"\xc3\xa9\"");
	expect_string("a\xff"
		      "b\xc3",
	    "\"a\\ufffdb\\ufffd\"");
}

Test(base_json, nul_is_escaped)
{
	struct buf b;

	buf_init(&b, MAX);
	json_escape(&b, "a\0b", 3);
	cr_expect_str_eq(buf_str(&b), "a\\u0000b");
	buf_release(&b);
}

/* Whether text is UTF-8, in pieces of every length. */
static void
expect_check(const char *text, bool wanted)
{
	size_t n = strlen(text), step, i;

	for (step = 1; step <= n; step++) {
		struct json_check c = {0};

		for (i = 0; i < n; i += step)
			json_check_feed(
			    &c, text + i, n - i < step ? n - i : step);
		cr_expect_eq(
		    json_check_end(&c), wanted, "%s by %zu", text, step);
	}
}

Test(base_json, utf8_is_checked_however_it_is_cut)
{
	expect_check("plain", true);
	expect_check("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z", true);
	expect_check("a\xff", false);
	expect_check("\xc3", false);
	expect_check("\xe2\x82", false);
	expect_check("\xc3(", false);
	expect_check("\xf0\x9f\x98(", false);
	expect_check("\xed\xa0\x80", false);
	expect_check("\xc0\x80", false);
	expect_check("ok\xe2\x82\xac\x80", false);
}
