#include <criterion/criterion.h>

#include "ssh/alglist.h"

static const char supported[] = "a,b,c,old-1,old-2,x";

Test(ssh_alglist, is_made_as_ssh_makes_it)
{
	static const struct {
		const char *given, *wanted;
	} rows[] = {{NULL, "b,a"}, {"", "b,a"}, {"c,a", "c,a"}, {"c,y,c", "c"},
	    {"+x", "b,a,x"}, {"+a", "b,a"}, {"+old-*", "b,a,old-1,old-2"},
	    {"^c", "c,b,a"}, {"^a", "a,b"}, {"-a", "b"}, {"-a,b", ""},
	    {"-*", ""}, {"old-?", "old-1,old-2"}, {"y", ""}, {"+y", "b,a"}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf to;

		buf_init(&to, 1024);
		alglist_make(&to, rows[i].given, "b,a,unknown", supported);
		cr_expect_str_eq(buf_str(&to), rows[i].wanted, "row %zu", i);
		buf_release(&to);
	}
}

Test(ssh_alglist, is_appended_to_what_stands_there)
{
	struct buf to;

	buf_init(&to, 1024);
	buf_puts(&to, "a b: ");
	alglist_make(&to, "+a", "b", supported);
	cr_expect_str_eq(buf_str(&to), "a b: b,a");
	buf_release(&to);
}

Test(ssh_alglist, has_whole_names_only)
{
	cr_expect(alglist_has("ab,c", "ab"));
	cr_expect(alglist_has("ab,c", "c"));
	cr_expect_not(alglist_has("ab,c", "a"));
	cr_expect_not(alglist_has("ab,c", "b"));
	cr_expect_not(alglist_has("", "a"));
	cr_expect_not(alglist_has(NULL, "a"));
}
