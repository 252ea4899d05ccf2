#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "http/request.h"

static int
parse(struct request *r, const char *text)
{
	size_t n = request_end(text, strlen(text), 0);

	cr_assert(n, "no end of the head: %s", text);
	return request_parse(r, text, n);
}

Test(request, a_plain_get_is_understood)
{
	struct request r;

	cr_assert_eq(parse(&r,
			 "GET /a?b HTTP/1.1\r\nHost: x:80\r\nRange:\t"
			 "bytes=0-1 \r\nUser-Agent: t\r\n\r\n"),
	    0);
	cr_assert_eq(r.method, METHOD_GET);
	cr_assert(view_is(r.target, "/a?b"));
	cr_assert(view_is(r.field[FIELD_HOST], "x:80"));
	cr_assert(view_is(r.field[FIELD_RANGE], "bytes=0-1"));
	cr_assert(view_is(r.line, "GET /a?b HTTP/1.1"));
	cr_assert(r.keep_alive);
	cr_assert_null(r.field[FIELD_IF_RANGE].p);
}

Test(request, the_connection_field_decides_what_follows)
{
	static const struct {
		const char *head;
		bool keep_alive;
	} rows[] = {
	    {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", true},
	    {"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", false},
	    {"GET / HTTP/1.1\r\nHost: x\r\nConnection: te, CLOSE\r\n\r\n",
		false},
	    {"GET / HTTP/1.0\r\n\r\n", false},
	    {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
	    {"GET / HTTP/1.0\r\nconnection: keep-alive\r\nConnection: "
	     "close\r\n\r\n",
		false},
	};
	struct request r;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		cr_assert_eq(parse(&r, rows[i].head), 0, "row %zu", i);
		cr_assert_eq(r.keep_alive, rows[i].keep_alive, "row %zu", i);
	}
}

Test(request, what_two_servers_could_read_differently_is_refused)
{
	static const struct {
		const char *head;
		int status;
	} rows[] = {
	    {"GET / HTTP/1.1\nHost: x\n\n", 400},
	    {"GET / HTTP/1.1\r\nHost: x\n\r\n", 400},
	    {"GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n", 400},
	    {"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400},
	    {"GET / HTTP/1.1\r\n Host: x\r\n\r\n", 400},
	    {"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400},
	    {"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400},
	    {"GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", 400},
	    {"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400},
	    {"GET / HTTP/1.1\r\n\r\n", 400},
	    {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
	    {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
	    {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
	    {"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400},
	    {"GET / HTTP/1.1\r\nHost: x:99999\r\n\r\n", 400},
	    {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400},
	    {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\n", 400},
	    {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n", 400},
	    {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n", 400},
	    {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: "
	     "99999999999999999999\r\n\r\n",
		400},
	    {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
	     "Content-Length: 1\r\n\r\n",
		400},
	    {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
	     "Transfer-Encoding: chunked\r\n\r\n",
		400},
	    {"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
	     "Content-Length: 1\r\n\r\n",
		400},
	    {"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
	    {"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
		501},
	    {"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
	     "Transfer-Encoding: chunked\r\n\r\n",
		400},
	    {"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: x, "
	     "chunked\r\n\r\n",
		501},
	    {"GET / HTTP/1.1\r\nHost: x\r\nExpect: something\r\n\r\n", 417},
	    {"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	    {"GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 400},
	    {" GET / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	    {"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	    {"GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	    {"GET /#f HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	    {"GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	    {"G(T / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
	    {"GET /\r\n\r\n", 400},
	    {"GET / http/1.1\r\nHost: x\r\n\r\n", 400},
	    {"GET / HTTP/1.10\r\nHost: x\r\n\r\n", 400},
	    {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
	    {"PRI * HTTP/2.0\r\n\r\n", 505},
	    {"GET / HTTP/0.9\r\n\r\n", 505},
	};
	struct request r;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(parse(&r, rows[i].head), rows[i].status,
		    "row %zu: %s", i, rows[i].head);
}

Test(request, a_nul_in_a_head_is_refused)
{
	static const char head[] =
	    "GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n";
	struct request r;

	cr_assert_eq(request_parse(&r, head, sizeof(head) - 1), 400);
}

Test(request, hosts_are_names_and_addresses)
{
	static const char *const good[] = {"localhost", "localhost:8888",
	    "127.0.0.1:1", "[::1]", "[::1]:8888", "a-b.c_d", "x:"};
	static const char *const bad[] = {
	    "", "[::1", "[]", "[::1]x", "[g]", "a:b", ":80", "a\\b", "../.."};
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(*good); i++)
		cr_expect(request_valid_host(view_of(good[i])), "%s", good[i]);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		cr_expect(!request_valid_host(view_of(bad[i])), "%s", bad[i]);
}

Test(request, a_hundred_fields_are_taken_and_one_more_is_not)
{
	char head[8192];
	struct request r;
	size_t at;
	int n, i;

	for (n = 99; n <= 100; n++) {
		at = (size_t)snprintf(
		    head, sizeof(head), "GET / HTTP/1.1\r\nHost: x\r\n");
		for (i = 0; i < n; i++)
			at += (size_t)snprintf(
			    head + at, sizeof(head) - at, "A%d: b\r\n", i);
		snprintf(head + at, sizeof(head) - at, "\r\n");
		cr_assert_eq(parse(&r, head), n == 99 ? 0 : 431);
	}
}

Test(request, the_end_of_a_head_is_found_wherever_it_was_cut)
{
	static const char text[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET";
	size_t head = sizeof(text) - 1 - 3, n, from;

	for (n = 0; n < sizeof(text); n++)
		for (from = 0; from <= n && from < head; from++)
			cr_assert_eq(request_end(text, n, from),
			    n >= head ? head : 0, "%zu from %zu", n, from);
}

Test(request, empty_lines_before_a_request_are_skipped)
{
	cr_assert_eq(request_blank("\r\n\r\nGET", 7), 4);
	cr_assert_eq(request_blank("\rGET", 4), 0);
	cr_assert_eq(request_blank("\r\n", 1), 0);
}
