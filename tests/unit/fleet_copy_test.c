#include <criterion/criterion.h>

#include "fleet/placeholder.h"
#include "fleet/rate.h"

static void
expect(const char *text, const char *wanted)
{
	static const struct placeholder_values values = {
	    .host = "web1", .user = "root", .port = 22, .number = 3};
	struct buf got;

	buf_init(&got, 1000);
	placeholder_expand(&got, text, &values);
	cr_expect_str_eq(buf_str(&got), wanted);
	buf_release(&got);
}

Test(fleet_placeholder, stands_for_what_a_host_has)
{
	expect("conf/%h.conf", "conf/web1.conf");
	expect("%u@%h:%p #%n", "root@web1:22 #3");
	expect("100%%h", "100%h");
	expect("100% x%", "100% x%");
	expect("%", "%");
	expect("", "");
}

Test(fleet_placeholder, is_seen_where_it_is)
{
	cr_expect(placeholder_in("a%h"));
	cr_expect_not(placeholder_in("a%%h"));
	cr_expect(placeholder_in("a%%%h"));
	cr_expect_not(placeholder_in("a%x%"));
	cr_expect_not(placeholder_in("a"));
}

Test(fleet_rate, gives_no_more_than_its_limit)
{
	struct rate r;
	int64_t now = 1000;
	size_t sum = 0;

	rate_init(&r, 100000);
	for (; now <= 3000; now += 7)
		sum += rate_take(&r, 32768, now);
	/* two seconds, and the slice at the start */
	cr_expect_leq(sum, 210000);
	cr_expect_geq(sum, 180000);
	rate_release(&r);
}

Test(fleet_rate, gives_little_by_little_too)
{
	struct rate r;
	int64_t now = 1000;
	size_t sum = 0;

	rate_init(&r, 1000);
	for (; now <= 11000; now += 50)
		sum += rate_take(&r, 32768, now);
	cr_expect_leq(sum, 10200);
	cr_expect_geq(sum, 9000);
	rate_release(&r);
}

Test(fleet_rate, without_a_limit_gives_all)
{
	struct rate r;

	rate_init(&r, 0);
	cr_expect_eq(rate_take(&r, 12345, 1), 12345);
	rate_release(&r);
}
