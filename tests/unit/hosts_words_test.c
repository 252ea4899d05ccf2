#include <criterion/criterion.h>

#include "hosts/words.h"

Test(hosts_words, quotes_backslashes_and_comments)
{
	static const struct {
		const char *text, *first, *last;
		size_t count;
	} rows[] = {{"a b", "a", "b", 2}, {"  a\tb  ", "a", "b", 2},
	    {"\"a b\" c", "a b", "c", 2}, {"'a \"b' c", "a \"b", "c", 2},
	    {"a\\ b", "a b", "a b", 1}, {"a\\\\b", "a\\b", "a\\b", 1},
	    {"a\\nb", "a\\nb", "a\\nb", 1}, {"x\"y z\"w", "xy zw", "xy zw", 1},
	    {"a # b", "a", "a", 1}, {"a#b", "a#b", "a#b", 1},
	    {"\"\"", "", "", 1}, {"'it\\'s'", "it's", "it's", 1}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct words w;

		cr_assert_eq(
		    words_split(&w, rows[i].text, true), 0, "%s", rows[i].text);
		cr_assert_eq(w.count, rows[i].count, "%s", rows[i].text);
		cr_expect_str_eq(w.items[0], rows[i].first);
		cr_expect_str_eq(w.items[w.count - 1], rows[i].last);
		words_release(&w);
	}
}

Test(hosts_words, a_quote_without_an_end_is_an_error)
{
	struct words w;

	cr_expect_eq(words_split(&w, "a \"b", true), -1);
	cr_expect_eq(w.count, 0);
	cr_expect_eq(words_split(&w, "a 'b\\'", true), -1);
	cr_expect_null(w.items);
}

Test(hosts_words, next_takes_one_equals_sign_among_blanks)
{
	char text[] = "Host = a=b \"c d\" e";
	char *p = text;

	cr_expect_str_eq(words_next(&p), "Host");
	cr_expect_str_eq(words_next(&p), "a");
	cr_expect_str_eq(words_next(&p), "b");
	cr_expect_str_eq(words_next(&p), "c d");
	cr_expect_str_eq(words_next(&p), "e");
	cr_expect_null(words_next(&p));
}
