#include <criterion/criterion.h>

#include "base/mem.h"
#include "hosts/list.h"

/* The hosts of a list as one text. */
static char *
join(const struct host_list *l)
{
	struct buf text;
	size_t i;

	buf_init(&text, 1 << 20);
	for (i = 0; i < host_list_count(l); i++) {
		if (i)
			buf_putc(&text, ' ');
		host_print(&text, host_list_get(l, i));
	}
	return buf_steal(&text);
}

static void
expect_hosts(const struct host_list *l, const char *expected)
{
	char *text = join(l);

	cr_expect_str_eq(text, expected);
	mem_free(text);
}

static struct host_list *
list_of(const char *text)
{
	struct host_list *l = host_list_new();
	struct fault f = {0};

	cr_assert_eq(host_list_add(l, text, &f), 0, "%s: %s", text, f.text);
	return l;
}

Test(hosts_list, expressions_keep_the_order_of_mention)
{
	static const struct {
		const char *text, *hosts;
	} rows[] = {{"b,a", "b a"}, {"web[01-03]", "web01 web02 web03"},
	    {"n[1-2]-ib[0-1]", "n1-ib0 n1-ib1 n2-ib0 n2-ib1"},
	    {"u@n[1-2]:22", "u@n1:22 u@n2:22"}, {"a,b,a", "a b"},
	    {"a,u@a,a:1,a", "a u@a a:1"},
	    {"[::1],u@[fe80::1%e0]:2", "[::1] u@[fe80::1%e0]:2"},
	    {"n[1-5],!n[2-4],n3", "n1 n5 n3"}, {"a,u@a,a:1,!a", ""},
	    {"u@d@h", "u@d@h"}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct host_list *l = list_of(rows[i].text);

		expect_hosts(l, rows[i].hosts);
		host_list_free(l);
	}
}

Test(hosts_list, a_user_with_an_at_sign_is_kept_whole)
{
	struct host_list *l = list_of("u@d@h");

	cr_expect_str_eq(host_list_get(l, 0)->user, "u@d");
	cr_expect_str_eq(host_list_get(l, 0)->name, "h");
	host_list_free(l);
}

Test(hosts_list, a_mistake_is_shown_with_its_column)
{
	struct host_list *l = host_list_new();
	struct fault f;

	cr_assert_eq(host_list_add(l, "web1,web[1-3", &f), -1);
	cr_expect_eq(f.class, FAULT_USAGE);
	cr_expect_str_eq(f.shown, "web1,web[1-3");
	cr_expect_eq(f.caret, 8);
	cr_expect(strstr(f.text, "column 9"));
	host_list_free(l);
}

Test(hosts_list, no_more_than_65536_hosts)
{
	struct host_list *l = list_of("n[1-65536]");
	struct fault f;

	cr_expect_eq(host_list_count(l), 65536);
	cr_expect_eq(host_list_add(l, "n1", &f), 0);
	cr_expect_eq(host_list_add(l, "m", &f), -1);
	cr_expect_eq(host_list_add(l, "x[1-999999999]y[1-999999999]", &f), -1);
	host_list_free(l);
}

Test(hosts_list, exclusion_without_user_or_port_matches_any)
{
	struct host_list *l = list_of("a,u@a:1,v@a:2,b");
	struct fault f;

	cr_expect_eq(host_list_exclude(l, "u@a", &f), 0);
	expect_hosts(l, "a v@a:2 b");
	cr_expect_eq(host_list_exclude(l, "a:2", &f), 0);
	expect_hosts(l, "a b");
	cr_expect_eq(host_list_exclude(l, "a", &f), 0);
	expect_hosts(l, "b");
	host_list_free(l);
}

Test(hosts_list, plain_is_one_host_without_list_range_or_group)
{
	static const char *const plain[] = {
	    "web", "root@web:22", "[::1]", "[::1]:22", "w1.x-y_z"};
	static const char *const not_plain[] = {
	    "a,b", "w[1-2]", "w[1]", "@g", "!a", "", "a,", "a b", "::1", "-a"};
	size_t i;

	for (i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		cr_expect(host_list_is_plain(plain[i]), "%s", plain[i]);
	for (i = 0; i < sizeof(not_plain) / sizeof(*not_plain); i++)
		cr_expect_not(
		    host_list_is_plain(not_plain[i]), "%s", not_plain[i]);
}

Test(hosts_list, labels_say_what_tells_hosts_apart)
{
	static const char *const labels[] = {"web", "u@db", "v@db", "x:1",
	    "x:2", "y", "u@y", "::1", "[::2]:1", "[::2]:2"};
	struct host_list *l = list_of("u@web:22,u@db:5,v@db:5,x:1,x:2,y,u@y,"
				      "[::1]:9,[::2]:1,[::2]:2");
	size_t i;

	for (i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
		char *label = host_list_label_text(l, i);

		cr_expect_str_eq(label, labels[i]);
		mem_free(label);
	}
	host_list_free(l);
}

Test(hosts_list, the_first_options_of_a_host_are_kept)
{
	struct host_list *l = list_of("a");
	struct host h = {.name = "a", .options = "Port=1"};

	cr_expect_eq(host_list_put(l, &h), 0);
	h.options = "Port=2";
	cr_expect_eq(host_list_put(l, &h), 0);
	cr_expect_eq(host_list_count(l), 1);
	cr_expect_str_eq(host_list_get(l, 0)->options, "Port=1");
	host_list_free(l);
}

Test(hosts_list, texts_longer_than_a_block_are_kept)
{
	char *options = mem_alloc(100001, 1);
	struct host_list *l = host_list_new();
	struct host h = {.name = "a", .options = options};

	memset(options, 'x', 100000);
	cr_expect_eq(host_list_put(l, &h), 0);
	h.name = "b";
	h.options = NULL;
	cr_expect_eq(host_list_put(l, &h), 0);
	cr_expect_eq(strlen(host_list_get(l, 0)->options), 100000);
	cr_expect_str_eq(host_list_get(l, 1)->name, "b");
	host_list_free(l);
	mem_free(options);
}
