#include <criterion/criterion.h>

#include <string.h>

#include "http/path.h"

Test(path, targets_become_names_beneath_the_root)
{
	static const struct {
		const char *target;
		const char *name;
		bool slash;
		const char *query;
	} rows[] = {
	    {"/", "", true, ""},
	    {"/a", "a", false, ""},
	    {"/a/", "a", true, ""},
	    {"/a/b?x=/../y", "a/b", false, "?x=/../y"},
	    {"/a/b/?", "a/b", true, "?"},
	    {"//a///b//", "a/b", true, ""},
	    {"/a/./b/.", "a/b", true, ""},
	    {"/a/../b", "b", false, ""},
	    {"/a/b/..", "a", true, ""},
	    {"/a/..", "", true, ""},
	    {"/%61%2fb", "a/b", false, ""},
	    {"/@scope%2fname", "@scope/name", false, ""},
	    {"/a/%2e%2e/b", "b", false, ""},
	    {"/a%2f..%2fb", "b", false, ""},
	    {"/libstdc%2b%2b6+~%7e", "libstdc++6+~~", false, ""},
	    {"/a%253ab", "a%3ab", false, ""},
	    {"/%c3%a9", "\xc3\xa9", false, ""},
	    {"/\xc3\xa9", "\xc3\xa9", false, ""},
	    {"/...", "...", false, ""},
	    {"/..a", "..a", false, ""},
	    {"/.git/HEAD", ".git/HEAD", false, ""},
	    {"/a\\..\\b", "a\\..\\b", false, ""},
	    {"/..;/a", "..;/a", false, ""},
	    {"http://h/a/b", "a/b", false, ""},
	    {"HTTP://h:80?q", "", true, "?q"},
	    {"http://[::1]:8/a", "a", false, ""},
	    {"/%252e%252e/x", "%2e%2e/x", false, ""},
	    {"/%c0%ae%c0%ae/x", "\xc0\xae\xc0\xae/x", false, ""},
	};
	struct path p;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		cr_expect_eq(path_parse(&p, view_of(rows[i].target)), 0, "%s",
		    rows[i].target);
		cr_expect_str_eq(
		    p.name, rows[i].name, "%s: %s", rows[i].target, p.name);
		cr_expect_eq(p.len, strlen(rows[i].name));
		cr_expect_eq(p.slash, rows[i].slash, "%s", rows[i].target);
		cr_expect(
		    view_is(p.query, rows[i].query), "%s", rows[i].target);
	}
}

Test(path, what_climbs_or_is_malformed_is_refused)
{
	static const char *const bad[] = {"/..", "/../etc/passwd", "/a/../..",
	    "/%2e%2e/x", "/.%2e/x", "/%2e./x", "/..%2fx", "/a/..%2f..%2fx",
	    "//../x", "/./../x", "/%", "/%2", "/%zz", "/%00", "/a%00.html",
	    "../x", "x", "", "*", "ftp://h/a", "https://h/a", "http://",
	    "http:///a", "http://a b/", "http://u@h/a", "//"};
	struct path p;
	size_t i;

	for (i = 0; i + 1 < sizeof(bad) / sizeof(*bad); i++)
		cr_expect_eq(
		    path_parse(&p, view_of(bad[i])), 400, "%s", bad[i]);
}

Test(path, a_path_that_is_too_long_is_refused)
{
	static char target[PATH_LEN_MAX + 10];
	struct path p;

	memset(target, 'a', sizeof(target) - 1);
	target[0] = '/';
	cr_assert_eq(path_parse(&p, view_of(target)), 414);
	target[PATH_LEN_MAX] = '\0';
	cr_assert_eq(path_parse(&p, view_of(target)), 0);
}

Test(path, what_is_encoded_reads_back_as_one_path)
{
	char name[256], i;
	struct buf url;
	struct path p;
	size_t n = 0;

	for (i = 1; i > 0; i++)
		name[n++] = i == '/' ? 'x' : i;
	name[n] = '\0';
	buf_init(&url, 4096);
	buf_putc(&url, '/');
	cr_assert_eq(path_encode(&url, name, n), 0);
	cr_assert_eq(path_parse(&p, view_of(buf_str(&url))), 0);
	cr_assert_str_eq(p.name, name);
	cr_assert_null(strpbrk(buf_str(&url), "\"<>'& :?#"));
	buf_release(&url);
}
