#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"
#include "hosts/fold.h"
#include "hosts/list.h"

/* Folds an expression; the text is the caller's. */
static char *
fold(const char *expression)
{
	struct host_list *l = host_list_new();
	struct fold *fold = fold_new();
	struct buf text;
	struct fault f;
	size_t i;

	cr_assert_eq(host_list_add(l, expression, &f), 0);
	for (i = 0; i < host_list_count(l); i++)
		fold_add(fold, host_list_get(l, i));
	buf_init(&text, 1 << 20);
	fold_print(fold, &text);
	fold_free(fold);
	host_list_free(l);
	return buf_steal(&text);
}

Test(hosts_fold, texts_are_those_of_nodeset)
{
	static const struct {
		const char *hosts, *folded;
	} rows[] = {{"web3,web1,web2", "web[1-3]"}, {"a", "a"}, {"b,a", "a,b"},
	    {"web7,web03,web08,web07", "web[7,03,07-08]"},
	    {"n9,n10,n09", "n[9,09-10]"},
	    {"n09,n10,n99,n100", "n[09-10,99-100]"},
	    {"n[01,98-100]", "n[01,98-99,100]"},
	    {"n1-ib0,n2-ib1,n1-ib1,n2-ib0", "n[1-2]-ib[0-1]"},
	    {"n1-ib0,n2-ib1", "n1-ib0,n2-ib1"},
	    {"10.0.0.[1-3],10.0.1.[1-3]", "10.0.[0-1].[1-3]"},
	    {"a1x,a2x,a1", "a1,a[1-2]x"},
	    {"x8-90,x9-89,x8-89", "x8-[89-90],x9-89"},
	    {"u1@n1,u1@n2,u2@n1", "u1@n[1-2],u2@n1"},
	    {"n1:22,n2:22,n1:2222", "n[1-2]:22,n1:2222"},
	    {"[::1],[::2]:22", "[::1],[::2]:22"}, {"00,0,000", "[0,00,000]"}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *text = fold(rows[i].hosts);

		cr_expect_str_eq(text, rows[i].folded);
		mem_free(text);
	}
}

Test(hosts_fold, an_empty_list_is_an_empty_text)
{
	struct buf text;

	buf_init(&text, 100);
	host_fold(&text, NULL, 0);
	cr_expect_str_eq(buf_str(&text), "");
	buf_release(&text);
}

Test(hosts_fold, what_is_folded_expands_to_the_same_hosts)
{
	struct host_list *l = host_list_new(), *again = host_list_new();
	struct buf text;
	struct host *hosts;
	struct fault f;
	size_t i, n;

	cr_assert_eq(host_list_add(l,
			 "n[1-20]-[1-20],!n[3-9]-[2-18/3],!n7-7,"
			 "m[1-9],u@n1-1,n1-1:2",
			 &f),
	    0);
	n = host_list_count(l);
	hosts = mem_alloc(n, sizeof(*hosts));
	for (i = 0; i < n; i++)
		hosts[i] = *host_list_get(l, i);
	buf_init(&text, 1 << 20);
	host_fold(&text, hosts, n);
	cr_assert_eq(host_list_add(again, buf_str(&text), &f), 0);
	cr_expect_eq(host_list_count(again), n);
	for (i = 0; i < n; i++)
		cr_expect(host_list_has(again, &hosts[i]));
	mem_free(hosts);
	buf_release(&text);
	host_list_free(l);
	host_list_free(again);
}

Test(hosts_fold, parts_are_lines_of_nearly_equal_size)
{
	struct fold *f = fold_new();
	struct host h = {.name = "n1"};
	struct buf text;

	buf_init(&text, 1000);
	fold_add(f, &h);
	h.name = "n3";
	fold_add(f, &h);
	h.name = "n2";
	fold_add(f, &h);
	fold_print_parts(f, 1, 1, &text);
	fold_expand(f, &text, ';');
	cr_expect_str_eq(buf_str(&text), "n[1-2]\nn3\nn1;n2;n3;");
	buf_release(&text);
	fold_free(f);
}

Test(hosts_fold, hosts_that_share_nothing_fold_in_time)
{
	struct fold *f = fold_new();
	struct buf text;
	char name[32];
	int i;

	for (i = 0; i < 20000; i++) {
		struct host h = {.name = name};

		snprintf(name, sizeof(name), "r%d-n%d", i, (i * 7919) % 20011);
		fold_add(f, &h);
	}
	buf_init(&text, 1 << 20);
	fold_print(f, &text);
	cr_expect_gt(text.len, 20000);
	buf_release(&text);
	fold_free(f);
}
