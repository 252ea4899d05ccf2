#include <criterion/criterion.h>

#include "hosts/pattern.h"

Test(hosts_pattern, patterns_match_whole_texts)
{
	static const struct {
		const char *text, *pattern;
		bool matches;
	} rows[] = {{"web", "web", true}, {"web", "we", false},
	    {"we", "web", false}, {"", "", true}, {"", "*", true},
	    {"", "?", false}, {"web1", "web?", true}, {"web12", "web?", false},
	    {"a.b.net", "*.net", true}, {"net", "*.net", false},
	    {"abcabc", "*abc", true}, {"abcab", "*abc", false},
	    {"axxb", "a**b", true}, {"ab", "a*?b", false},
	    {"acb", "a*?b", true}, {"Web", "web", false}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(pattern_match(rows[i].text, rows[i].pattern),
		    rows[i].matches, "%s %s", rows[i].text, rows[i].pattern);
}

Test(hosts_pattern, a_negated_pattern_wins_wherever_it_stands)
{
	cr_expect_eq(pattern_list_match("web1", "web*,!web1"), -1);
	cr_expect_eq(pattern_list_match("web1", "!web1,web*"), -1);
	cr_expect_eq(pattern_list_match("web2", "!web1,web*"), 1);
	cr_expect_eq(pattern_list_match("web2", "!web1"), 0);
	cr_expect_eq(pattern_list_match("web2", ""), 0);
	cr_expect_eq(pattern_list_match("WEB", "web"), 0);
	cr_expect_eq(pattern_list_match_nocase("WEB", "x,weB"), 1);
}

Test(hosts_pattern, many_asterisks_take_no_time)
{
	char text[10001];

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	cr_expect_not(pattern_match(text, "*a*a*a*a*a*a*a*a*a*a*a*a*b"));
}
