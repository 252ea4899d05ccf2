#include <criterion/criterion.h>
#include <string.h>

#include "ssh/newkeys.h"

static const uint8_t bytes[] = {0, 0, 0, 1, 'x'};
static const struct blob key = {bytes, sizeof(bytes)};

/* The key's fingerprint behind each host of the list. */
static struct newkeys *
listed(const char *hosts)
{
	struct newkeys *n = newkeys_new();
	struct fault f = {0};
	struct buf shown, text;
	const char *print;

	buf_init(&shown, 1024);
	buf_init(&text, 65536);
	newkeys_describe(&shown, &key);
	print = strstr(buf_str(&shown), "SHA256:");
	for (; *hosts; hosts += strlen(hosts) + 1)
		buf_printf(&text, " %s\t%s # note\n", hosts, print);
	cr_assert_eq(newkeys_parse(n, "list", buf_str(&text), &f), 0);
	buf_release(&shown);
	buf_release(&text);
	return n;
}

Test(ssh_newkeys, a_host_is_found_by_its_names)
{
	char host[] = "web", hostname[] = "192.0.2.1", alias[] = "front";
	struct settings s = {.host = host, .hostname = hostname, .port = 2222};
	static const struct {
		const char *name;
		bool found;
	} rows[] = {{"web\0", true}, {"WEB\0", true}, {"192.0.2.1\0", true},
	    {"[192.0.2.1]:2222\0", true}, {"[192.0.2.1]:22\0", false},
	    {"we\0", false}, {"front\0", false}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct newkeys *n = listed(rows[i].name);

		cr_expect_eq(newkeys_look(n, &s, &key),
		    rows[i].found ? NEWKEYS_ACCEPTED : NEWKEYS_UNKNOWN, "%s",
		    rows[i].name);
		newkeys_free(n);
	}
	s.host_key_alias = alias;
	{
		struct newkeys *n = listed("front\0");

		cr_expect_eq(newkeys_look(n, &s, &key), NEWKEYS_ACCEPTED);
		newkeys_free(n);
	}
}

Test(ssh_newkeys, another_fingerprint_is_told_from_none)
{
	char host[] = "web", other[] = "db";
	struct settings web = {.host = host, .hostname = host, .port = 22};
	struct settings db = {.host = other, .hostname = other, .port = 22};
	struct newkeys *n = newkeys_new();
	struct fault f = {0};

	cr_assert_eq(newkeys_parse(n, "list", "web SHA256:AAAA", &f), 0);
	cr_expect_eq(newkeys_look(n, &web, &key), NEWKEYS_OTHER);
	cr_expect_eq(newkeys_look(n, &db, &key), NEWKEYS_UNKNOWN);
	newkeys_gather(n, &db, &key);
	cr_expect_eq(newkeys_look(n, &db, &key), NEWKEYS_UNKNOWN);
	newkeys_free(n);
	newkeys_free(NULL);
}

Test(ssh_newkeys, what_is_no_line_is_named)
{
	static const struct {
		const char *text, *where;
	} rows[] = {{"web\n", "line 1"}, {"# c\n\nweb MD5:x\n", "line 3"},
	    {"web SHA256:\n", "line 1"},
	    {"a SHA256:x\nweb # SHA256:x", "line 2"}, {"SHA256:x", "line 1"}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct newkeys *n = newkeys_new();
		struct fault f = {0};

		cr_expect_eq(newkeys_parse(n, "list", rows[i].text, &f), -1,
		    "%s", rows[i].text);
		cr_expect_eq(f.class, FAULT_USAGE);
		cr_expect_not_null(strstr(f.text, rows[i].where));
		newkeys_free(n);
	}
}

Test(ssh_newkeys, hosts_of_one_name_are_asked_about_once)
{
	char front[] = "front", back[] = "back", name[] = "192.0.2.1";
	struct settings a = {.host = front, .hostname = name, .port = 2222};
	struct settings b = {.host = back, .hostname = name, .port = 2222};
	struct settings c = {.host = back, .hostname = name, .port = 22};
	struct newkeys *n = newkeys_new();
	struct buf table;

	newkeys_gather(n, &a, &key);
	newkeys_gather(n, &b, &key);
	buf_init(&table, 65536);
	cr_expect_eq(newkeys_table(n, &table), 1);
	cr_expect_not_null(
	    strstr(buf_str(&table), "  front ([192.0.2.1]:2222)  "));
	newkeys_gather(n, &c, &key);
	buf_clear(&table);
	cr_expect_eq(newkeys_table(n, &table), 2);
	cr_expect_not_null(strstr(buf_str(&table), "  back (192.0.2.1) "));
	buf_release(&table);
	newkeys_free(n);
}
