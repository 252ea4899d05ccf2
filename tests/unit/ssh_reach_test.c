#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "ssh/reach.h"

#define ID "0123456789abcdef0123456789abcdef"
#define ID2 "fedcba9876543210fedcba9876543210"

static const char *const *variables; /* names and values, ends with NULL */

static const char *
lookup(const char *name)
{
	const char *const *v;

	for (v = variables; *v; v += 2)
		if (!strcmp(*v, name))
			return v[1];
	return NULL;
}

Test(ssh_reach, no_variable_is_no_server)
{
	static const char *const none[] = {NULL};
	struct reach_env env;
	struct fault f = {0};

	variables = none;
	cr_expect_eq(reach_env_read(&env, lookup, &f), 0);
	cr_expect_eq(env.n, 0);
}

Test(ssh_reach, a_server_is_read_with_its_defaults)
{
	static const char *const given[] = {"HTTPD_SCOPE_URL",
	    "http://127.0.0.1:8888/", "HTTPD_SCOPE_ID", ID, NULL};
	struct reach_env env;
	struct fault f = {0};

	variables = given;
	cr_assert_eq(reach_env_read(&env, lookup, &f), 0);
	cr_expect_eq(env.n, 1);
	cr_expect_str_eq(env.servers[0].url, "http://127.0.0.1:8888/");
	cr_expect_str_eq(env.servers[0].id, ID);
	cr_expect_str_eq(env.servers[0].address, "127.0.0.1");
	cr_expect_eq(env.servers[0].port, 8888);
	cr_expect_eq(env.servers[0].fixed, false);
}

Test(ssh_reach, the_scopes_around_are_read_too)
{
	static const char *const given[] = {"HTTPD_SCOPE_URL",
	    "http://[::1]:1/", "HTTPD_SCOPE_ID", ID, "HTTPD_SCOPE_ADDR", "::1",
	    "HTTPD_SCOPE_FIXED", "1", "HTTPD_SCOPE_OUTER",
	    "http://10.0.0.1:65535/ " ID2 " 0.0.0.0 fixed "
	    "http://127.0.0.1:80/ " ID " 127.0.0.1 any",
	    NULL};
	struct reach_env env;
	struct fault f = {0};

	variables = given;
	cr_assert_eq(reach_env_read(&env, lookup, &f), 0);
	cr_assert_eq(env.n, 3);
	cr_expect(env.servers[0].fixed);
	cr_expect_eq(env.servers[0].port, 1);
	cr_expect_str_eq(env.servers[1].address, "0.0.0.0");
	cr_expect_str_eq(env.servers[1].id, ID2);
	cr_expect_eq(env.servers[1].port, 65535);
	cr_expect(env.servers[1].fixed);
	cr_expect(!env.servers[2].fixed);
}

Test(ssh_reach, variables_that_make_no_sense_are_wrong_usage)
{
	static const char *const urls[] = {"", "http://127.0.0.1:8888",
	    "http://127.0.0.1/", "http://127.0.0.1:/", "http://127.0.0.1:0/",
	    "http://127.0.0.1:65536/", "http://127.0.0.1:99999999999999999999/",
	    "https://127.0.0.1:8888/", "127.0.0.1:8888/", "ftp://x:1/",
	    "http://x:1/x", "http://x:-1/", "http://x:1/\n", "HTTP://x:1/"};
	static const char *const ids[] = {"", "x", ID "0", ID "\n",
	    "0123456789ABCDEF0123456789ABCDEF",
	    "0123456789abcdef0123456789abcde", (" " ID)};
	static const char *given[] = {
	    "HTTPD_SCOPE_URL", NULL, "HTTPD_SCOPE_ID", ID, NULL};
	struct reach_env env;
	struct fault f = {0};
	size_t i;

	variables = given;
	for (i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
		given[1] = urls[i];
		cr_expect_eq(
		    reach_env_read(&env, lookup, &f), -1, "%s", urls[i]);
		cr_expect_eq(f.class, FAULT_USAGE);
	}
	given[1] = "http://127.0.0.1:8888/";
	for (i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		given[3] = ids[i];
		cr_expect_eq(
		    reach_env_read(&env, lookup, &f), -1, "%s", ids[i]);
	}
	given[2] = "NOTHING";
	cr_expect_eq(reach_env_read(&env, lookup, &f), -1, "no id");
}

Test(ssh_reach, scopes_around_that_make_no_sense_are_wrong_usage)
{
	static const char *const rows[] = {" ", "x", "http://x:1/",
	    "http://x:1/ " ID, "http://x:1/ " ID " x", "http://x:1/ x x any",
	    "x " ID " x any", " http://x:1/ " ID " x any",
	    "http://x:1/ " ID " x fixed-and-long",
	    "http://x:1/ " ID " x any junk"};
	static const char *given[] = {"HTTPD_SCOPE_URL",
	    "http://127.0.0.1:8888/", "HTTPD_SCOPE_ID", ID, "HTTPD_SCOPE_OUTER",
	    NULL, NULL};
	struct reach_env env;
	struct fault f = {0};
	size_t i;

	variables = given;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		given[5] = rows[i];
		cr_expect_eq(
		    reach_env_read(&env, lookup, &f), -1, "%s", rows[i]);
		cr_expect_eq(f.class, FAULT_USAGE);
	}
}

Test(ssh_reach, texts_that_are_too_long_are_refused)
{
	static char large[100000];
	static const char *given[] = {"HTTPD_SCOPE_URL",
	    "http://127.0.0.1:8888/", "HTTPD_SCOPE_ID", ID, "HTTPD_SCOPE_ADDR",
	    "127.0.0.1", "HTTPD_SCOPE_OUTER", "", NULL};
	struct reach_env env;
	struct fault f = {0};
	size_t i;

	variables = given;
	memset(large, '1', sizeof(large) - 1);
	cr_expect_eq(reach_env_read(&env, lookup, &f), 0);
	for (i = 1; i < 8; i += 2) {
		const char *before = given[i];

		given[i] = large;
		cr_expect_eq(reach_env_read(&env, lookup, &f), -1);
		given[i] = before;
	}
}

static bool
is_ours(const char *head)
{
	return reach_is_ours(head, strlen(head), ID);
}

Test(ssh_reach, our_own_answer_is_recognised)
{
	cr_expect(is_ours("HTTP/1.1 200 OK\r\nHTTPD-Scope-ID: " ID "\r\n\r\n"));
	cr_expect(is_ours("HTTP/1.1 404 Not Found\r\nDate: x\r\n"
			  "httpd-scope-id:" ID "\r\nServer: y\r\n\r\n"));
	cr_expect(is_ours("HTTP/1.1 200 OK\nHTTPD-SCOPE-ID:   " ID));
}

Test(ssh_reach, nobody_else_is_taken_for_us)
{
	static const char *const rows[] = {"", "\r\n\r\n", "\n\n\n", ID,
	    "HTTP/1.1 200 OK\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nHTTPD-Scope-ID: " ID2 "\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nHTTPD-Scope-ID: " ID "0\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nHTTPD-Scope-ID: " ID " \r\n\r\n",
	    "HTTP/1.1 200 OK\r\nHTTPD-Scope-ID: 0123\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nHTTPD-Scope-ID:\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nHTTPD-Scope-ID",
	    "HTTP/1.1 200 OK\r\nHTTPD-Scope-ID:",
	    "HTTP/1.1 200 OK\r\nHTTPD-Scope-ID :" ID "\r\n\r\n",
	    "HTTP/1.1 200 OK\r\n HTTPD-Scope-ID:" ID "\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nX-HTTPD-Scope-ID:" ID "\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nX: HTTPD-Scope-ID:" ID "\r\n\r\n",
	    "HTTP/1.1 200 OK\rHTTPD-Scope-ID:" ID "\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nHTTPD-Scope-ID: x" ID "\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nHTTPD-Scope-ID: " ID2 "\r\nHTTPD-Scope-ID: " ID
	    "\r\n\r\n"};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect(!is_ours(rows[i]), "%s", rows[i]);
}

Test(ssh_reach, what_stands_behind_the_head_says_nothing)
{
	cr_expect(
	    !is_ours("HTTP/1.1 200 OK\r\n\r\nHTTPD-Scope-ID: " ID "\r\n"));
	cr_expect(!is_ours("HTTP/1.1 200 OK\n\nHTTPD-Scope-ID: " ID "\r\n"));
}

Test(ssh_reach, only_a_response_of_http_has_a_head)
{
	cr_expect(!is_ours("HTTPD-Scope-ID: " ID "\r\n\r\n"));
	cr_expect(!is_ours("220 mail\r\nHTTPD-Scope-ID: " ID "\r\n\r\n"));
}

/* Each part in memory of its own size, for a sanitizer to watch. */
Test(ssh_reach, no_byte_behind_the_end_is_read)
{
	static const char head[] =
	    "HTTP/1.1 200 OK\r\nHTTPD-Scope-ID: " ID "\r\n\r\n";
	size_t n;

	for (n = 0; n < sizeof(head) - 1; n++) {
		char *part = malloc(n ? n : 1);

		memcpy(part, head, n);
		cr_expect_eq(reach_is_ours(part, n, ID),
		    n >= sizeof(head) - 1 - 4, "%zu", n);
		free(part);
	}
}
