#include <criterion/criterion.h>
#include <string.h>

#include "ssh/forwardspec.h"

Test(ssh_forwardspec, is_split_at_colons)
{
	static const struct {
		const char *text, *address;
		int port;
		const char *host;
		int host_port;
	} rows[] = {{"8080:localhost:80", NULL, 8080, "localhost", 80},
	    {"0:h:1", NULL, 0, "h", 1},
	    {"127.0.0.1:8080:web:80", "127.0.0.1", 8080, "web", 80},
	    {":8080:web:80", "*", 8080, "web", 80},
	    {"*:8080:web:80", "*", 8080, "web", 80},
	    {"[::1]:8080:[2001:db8::1]:65535", "::1", 8080, "2001:db8::1",
		65535}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct forwardspec s;
		struct fault f = {0};

		cr_assert_eq(forwardspec_parse(&s, "-R", rows[i].text, &f), 0,
		    "%s", f.text);
		if (rows[i].address)
			cr_expect_str_eq(s.address, rows[i].address);
		else
			cr_expect_null(s.address);
		cr_expect_eq(s.port, rows[i].port);
		cr_expect_str_eq(s.host, rows[i].host);
		cr_expect_eq(s.host_port, rows[i].host_port);
		forwardspec_release(&s);
	}
}

Test(ssh_forwardspec, what_is_none_is_refused_by_name)
{
	static const char *const rows[] = {"", ":", "8080", "8080:host",
	    "8080::80", "8080:host:", "8080:host:0", "8080:host:65536",
	    "x:host:80", "65536:host:80", "a:b:c:d", "a:1:b:2:c",
	    "[::1:8080:h:80", "[::1]8080:h:80", "::1:8080:h:80", "-1:h:80"};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct forwardspec s;
		struct fault f = {0};

		cr_expect_eq(forwardspec_parse(&s, "-R", rows[i], &f), -1, "%s",
		    rows[i]);
		cr_expect_eq(f.class, FAULT_USAGE);
		cr_expect_not_null(strstr(f.text, "-R"));
	}
}
