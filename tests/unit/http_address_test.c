#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "http/address.h"
#include "http/peers.h"

static struct address
address(const char *text)
{
	struct address_net net;

	cr_assert_eq(address_parse_net(text, &net), 0, "%s", text);
	return net.address;
}

Test(address, nets_hold_what_is_in_them)
{
	static const struct {
		const char *net, *address;
		bool in;
	} rows[] = {
	    {"10.0.0.0/8", "10.255.0.1", true},
	    {"10.0.0.0/8", "11.0.0.0", false},
	    {"192.0.2.7", "192.0.2.7", true},
	    {"192.0.2.7", "192.0.2.6", false},
	    {"192.0.2.4/30", "192.0.2.7", true},
	    {"192.0.2.4/30", "192.0.2.8", false},
	    {"0.0.0.0/0", "1.2.3.4", true},
	    {"0.0.0.0/0", "fd00::1", false},
	    {"::/0", "fd00::1", true},
	    {"fd00::/8", "fdff::1", true},
	    {"fd00::/8", "fe00::1", false},
	    {"fd00::/7", "fc00::1", true},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct address a = address(rows[i].address);
		struct address_nets nets = {.n = 1};

		cr_assert_eq(address_parse_net(rows[i].net, &nets.at[0]), 0);
		cr_expect_eq(address_in(&a, &nets), rows[i].in, "%s in %s",
		    rows[i].address, rows[i].net);
	}
}

Test(address, what_is_no_net_is_refused)
{
	static const char *const bad[] = {"", "x", "10.0.0.0/33", "10.0.0/8",
	    "::/129", "10.0.0.0/", "10.0.0.0/-1", "/8", "10.0.0.0/8/8"};
	struct address_net net;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		cr_expect_eq(address_parse_net(bad[i], &net), -1, "%s", bad[i]);
}

Test(address, each_address_is_written_in_its_own_form)
{
	static const char *const texts[] = {"127.0.0.1", "::1", "fd00::7"};
	char text[ADDRESS_TEXT_MAX];
	size_t i;

	for (i = 0; i < 3; i++) {
		struct address a = address(texts[i]);

		address_format(&a, text);
		cr_expect_str_eq(text, texts[i]);
		cr_expect_eq(address_is_loopback(&a), i < 2);
	}
}

Test(peers, one_address_has_its_limit_and_loopback_has_none)
{
	struct peers *p = peers_new(3);
	struct address far = address("192.0.2.1"), near = address("127.0.0.1");
	int i;

	for (i = 0; i < 3; i++)
		cr_assert(peers_enter(p, &far));
	cr_assert(!peers_enter(p, &far));
	peers_leave(p, &far);
	cr_assert(peers_enter(p, &far));
	for (i = 0; i < 100; i++)
		cr_assert(peers_enter(p, &near));
	cr_assert_eq(peers_count(p), 2);
	peers_free(p);
}

Test(peers, very_many_addresses_are_let_in)
{
	struct peers *p = peers_new(1);
	struct address a = address("fd00::");
	uint32_t i;

	for (i = 0; i < 100000; i++) {
		memcpy(a.bytes + 12, &i, 4);
		cr_assert(peers_enter(p, &a));
	}
	for (i = 0; i < 100000; i++) {
		memcpy(a.bytes + 12, &i, 4);
		peers_leave(p, &a);
	}
	cr_assert_geq(peers_count(p), 50000);
	peers_free(p);
}
