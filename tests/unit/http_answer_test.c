#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "http/answer.h"

static char dir[64];
static struct site site;
static struct responder s;
static struct buf out;

static void
put(const char *name, const char *text, time_t modified)
{
	struct timespec times[2] = {{.tv_sec = modified}, {.tv_sec = modified}};
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	cr_assert(file);
	fputs(text, file);
	fclose(file);
	cr_assert_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void
setup(void)
{
	char path[256];
	struct fault f;

	snprintf(dir, sizeof(dir), "/tmp/answer.XXXXXX");
	cr_assert(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/sub", dir);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/with", dir);
	mkdir(path, 0755);
	put("file.txt", "0123456789", 784111777);
	put("with/index.html", "<p>index", 784111777);
	snprintf(path, sizeof(path), "%s/fifo", dir);
	mkfifo(path, 0644);
	site.listing = true;
	cr_assert_eq(site_add(&site, "", dir, &f), 0);
	s.site = &site;
	s.store = store_new(2);
	s.wall = 1700000000;
	s.common.id = "0123";
	date_format(s.wall, s.common.date);
	buf_init(&out, 1 << 20);
}

static void
teardown(void)
{
	char command[128];
	int ret;

	snprintf(command, sizeof(command), "rm -rf %s", dir);
	ret = system(command);
	(void)ret;
	store_free(s.store);
	directory_release(&s.directory);
	site_release(&site);
	buf_release(&out);
}

TestSuite(answer, .init = setup, .fini = teardown);

/* Answers a request with these fields; what came is in out. */
static struct answer
ask(const char *line, const char *fields)
{
	static char head[8192];
	struct answer a = {.keep_alive = true};
	struct request r;
	int status;

	snprintf(head, sizeof(head), "%s HTTP/1.1\r\nHost: x\r\n%s\r\n", line,
	    fields);
	status = request_parse(&r, head, strlen(head));
	buf_clear(&out);
	answer_request(&s, &r, status, &out, &a);
	return a;
}

static bool
has(const char *text)
{
	return strstr(buf_str(&out), text) != NULL;
}

static const char *
body(void)
{
	const char *end = strstr(buf_str(&out), "\r\n\r\n");

	cr_assert(end);
	return end + 4;
}

Test(answer, a_file_comes_with_all_that_clients_need)
{
	struct answer a = ask("GET /file.txt", "");

	cr_assert_eq(a.status, 200);
	cr_assert_eq(a.bytes, 10);
	cr_assert(a.keep_alive);
	cr_assert(has("HTTP/1.1 200 OK\r\n"));
	cr_assert(has("Content-Length: 10\r\n"));
	cr_assert(has("Content-Type: text/plain; charset=utf-8\r\n"));
	cr_assert(has("Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
	cr_assert(has("ETag: \""));
	cr_assert(has("Accept-Ranges: bytes\r\n"));
	cr_assert(has("Connection: keep-alive\r\n"));
	cr_assert(has("HTTPD-Scope-ID: 0123\r\n"));
	cr_assert(has("Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n"));
	cr_assert_str_eq(body(), "0123456789");
}

Test(answer, each_response_names_the_scope)
{
	static const char *const lines[] = {"HEAD /", "HEAD /missing",
	    "HEAD /fifo", "DELETE /", "GET /%00", "OPTIONS *", "HEAD /sub"};
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		ask(lines[i], "");
		cr_expect(has("HTTPD-Scope-ID: 0123\r\n"), "%s", lines[i]);
	}
}

Test(answer, statuses_are_what_they_should_be)
{
	static const struct {
		const char *line, *fields;
		int status;
	} rows[] = {
	    {"GET /", "", 200},
	    {"GET /missing", "", 404},
	    {"GET /file.txt/", "", 404},
	    {"GET /file.txt/x", "", 404},
	    {"GET /sub", "", 301},
	    {"GET /sub/", "", 200},
	    {"GET /with/", "", 200},
	    {"GET /fifo", "", 403},
	    {"POST /file.txt", "", 405},
	    {"GET /../x", "", 400},
	    {"OPTIONS *", "", 204},
	    {"OPTIONS /file.txt", "", 204},
	    {"GET *", "", 400},
	    {"GET /file.txt", "Range: bytes=0-1\r\n", 206},
	    {"HEAD /file.txt", "Range: bytes=0-1\r\n", 200},
	    {"GET /file.txt", "Range: bytes=10-\r\n", 416},
	    {"GET /file.txt", "Range: bytes=x\r\n", 200},
	    {"GET /file.txt",
		"If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 304},
	    {"GET /file.txt", "If-None-Match: *\r\n", 304},
	    {"GET /file.txt", "If-Match: \"x\"\r\n", 412},
	    {"GET /file.txt", "Range: bytes=0-1\r\nIf-Range: \"stale\"\r\n",
		200},
	    {"GET /file.txt",
		"Range: bytes=0-1\r\nIf-Range: Sun, 06 Nov 1994 08:49:37 "
		"GMT\r\n",
		206},
	    {"GET /file.txt", "Range: bytes=99-\r\nIf-None-Match: *\r\n", 304},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(ask(rows[i].line, rows[i].fields).status,
		    rows[i].status, "%s %s", rows[i].line, rows[i].fields);
}

Test(answer, a_head_has_no_body_and_the_same_length)
{
	struct answer a = ask("HEAD /file.txt", "");

	cr_assert_eq(a.bytes, 0);
	cr_assert(has("Content-Length: 10\r\n"));
	cr_assert_str_eq(body(), "");
}

Test(answer, not_modified_has_neither_length_nor_type)
{
	ask("GET /file.txt", "If-None-Match: *\r\n");
	cr_assert(has("ETag: "));
	cr_assert(!has("Content-Length"));
	cr_assert(!has("Content-Type"));
	cr_assert_str_eq(body(), "");
}

Test(answer, a_redirect_keeps_the_query_and_has_one_slash)
{
	ask("GET //sub?a=/b", "");
	cr_assert(has("Location: /sub/?a=/b\r\n"));
	ask("GET //evil/%2e%2e/sub", "");
	cr_assert(has("Location: /sub/\r\n"));
}

Test(answer, a_range_that_cannot_be_satisfied_names_the_size)
{
	ask("GET /file.txt", "Range: bytes=10-\r\n");
	cr_assert(has("Content-Range: bytes */10\r\n"));
}

Test(answer, several_ranges_come_as_parts_in_the_order_asked_for)
{
	struct answer a = ask("GET /file.txt", "Range: bytes=8-9,0-1\r\n");
	const char *first, *second;

	cr_assert_eq(a.status, 206);
	cr_assert_eq(a.bytes, strlen(body()));
	first = strstr(body(), "Content-Range: bytes 8-9/10\r\n\r\n89\r\n--");
	second = strstr(body(), "Content-Range: bytes 0-1/10\r\n\r\n01\r\n--");
	cr_assert(first && second && first < second);
	cr_assert(has("Content-Type: multipart/byteranges; boundary="));
}

Test(answer, a_file_that_is_kept_is_never_older_than_the_file)
{
	s.wall = time(NULL) + 10;
	ask("GET /file.txt", "");
	ask("GET /file.txt", "");
	put("file.txt", "abcdefghij", 784111777);
	ask("GET /file.txt", "");
	cr_assert_str_eq(body(), "abcdefghij");
	put("file.txt", "short", 784111777);
	ask("GET /file.txt", "");
	cr_assert_str_eq(body(), "short");
}

/* Moves a directory out of what is served and puts a link in its place. */
static void
move_out(const char *name)
{
	char from[256], to[256];

	snprintf(from, sizeof(from), "%s/%s", dir, name);
	snprintf(to, sizeof(to), "%s.out", dir);
	cr_assert_eq(rename(from, to), 0);
	cr_assert_eq(symlink(to, from), 0);
}

Test(answer, what_is_kept_is_not_served_when_its_directory_has_left)
{
	char command[128];

	s.wall = time(NULL) + 10;
	cr_assert_eq(ask("GET /with/index.html", "").status, 200);
	cr_assert_eq(ask("GET /with/", "").status, 200);
	cr_assert_eq(ask("GET /sub/", "").status, 200);
	move_out("with");
	cr_assert_eq(ask("GET /with/index.html", "").status, 403);
	cr_assert_eq(ask("GET /with/", "").status, 403);
	snprintf(command, sizeof(command), "rm -rf %s.out", dir);
	cr_assert_eq(system(command), 0);
	move_out("sub");
	cr_assert_eq(ask("GET /sub/", "").status, 403);
	cr_assert_eq(ask("GET /sub", "").status, 403);
	cr_assert_eq(system(command), 0);
}

Test(answer, a_large_file_is_left_to_the_body)
{
	char *text = calloc(1, 100001);
	struct answer a;

	memset(text, 'x', 100000);
	put("large", text, 784111777);
	a = ask("GET /large", "Range: bytes=5-99999\r\n");
	cr_assert_eq(a.status, 206);
	cr_assert_eq(a.bytes, 99995);
	cr_assert(a.body);
	cr_assert_eq(a.body->offset, 5);
	cr_assert_eq(a.body->left, 99995);
	cr_assert_str_eq(body(), "");
	body_free(a.body);
	free(text);
}

static int
open_files(void)
{
	int n = 0, fd;

	for (fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void
put_large(const char *name, int byte)
{
	char *text = calloc(1, 100001);

	memset(text, byte, 100000);
	put(name, text, 784111777);
	free(text);
}

/* The first byte that a request for it would send, or 0. */
static int
first_byte(const char *line)
{
	struct answer a = ask(line, "");
	char byte = 0;

	if (a.body && pread(a.body->file->fd, &byte, 1, 0) != 1)
		byte = 0;
	body_free(a.body);
	return byte;
}

Test(answer, a_large_file_that_is_kept_open_is_never_another)
{
	int before = open_files();
	char from[256], to[256];

	put_large("large", 'a');
	cr_assert_eq(first_byte("GET /large"), 'a');
	cr_assert_eq(first_byte("GET /large"), 'a');
	cr_assert_eq(open_files(), before + 1);
	put_large("new", 'b');
	snprintf(from, sizeof(from), "%s/new", dir);
	snprintf(to, sizeof(to), "%s/large", dir);
	cr_assert_eq(rename(from, to), 0);
	cr_assert_eq(first_byte("GET /large"), 'b');
	cr_assert_eq(unlink(to), 0);
	cr_assert_eq(first_byte("GET /large"), 0);
	cr_assert(has("404"));
	store_close_files(s.store);
	cr_assert_eq(open_files(), before);
}

Test(answer, few_files_are_kept_open)
{
	int before = open_files();

	put_large("l1", 'a');
	put_large("l2", 'b');
	put_large("l3", 'c');
	cr_assert_eq(first_byte("GET /l1"), 'a');
	cr_assert_eq(first_byte("GET /l2"), 'b');
	cr_assert_eq(first_byte("GET /l3"), 'c');
	cr_assert_leq(open_files(), before + 2);
	cr_assert(store_has_files(s.store));
	store_close_files(s.store);
	cr_assert(!store_has_files(s.store));
	cr_assert_eq(open_files(), before);
}

Test(answer, a_listing_names_what_is_there_and_says_when_it_changed)
{
	ask("GET /", "");
	cr_assert(has("<a href=\"./sub/\">sub/</a>"));
	cr_assert(has("<a href=\"./file.txt\">file.txt</a></td><td>10</td>"
		      "<td>1994-11-06 08:49"));
	cr_assert(!has("fifo"));
	put("a&b\"c<d>:e", "", 0);
	ask("GET /", "");
	cr_assert(has("href=\"./a%26b%22c%3Cd%3E%3Ae\">"
		      "a&amp;b&quot;c&lt;d&gt;:e<"));
}

/* Asks for the listing of a large directory twice; whether the second one came
 * from memory, where a byte of it was changed meanwhile. */
static bool
listed_from_memory(void)
{
	char *mark;

	ask("GET /large/", "");
	mark = strstr(s.directory.page.data, "f000");
	cr_assert(mark);
	*mark = 'F';
	ask("GET /large/", "");
	return has("F000");
}

static void
make_large(void)
{
	char path[512];
	int i;

	snprintf(path, sizeof(path), "%s/large", dir);
	mkdir(path, 0755);
	for (i = 0; i < 1000; i++) {
		snprintf(
		    path, sizeof(path), "large/f%03d.a-name-of-some-length", i);
		put(path, "", 0);
	}
	snprintf(path, sizeof(path), "%s/large/subdirectory", dir);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/large/link", dir);
	cr_assert_eq(symlink("../file.txt", path), 0);
	put("other", "1", 0);
	snprintf(path, sizeof(path), "cd %s && ln other large/name", dir);
	cr_assert_eq(system(path), 0);
	s.wall = time(NULL) + 10;
}

Test(answer, a_large_listing_that_is_kept_is_never_older_than_what_it_lists)
{
	char path[512];

	make_large();
	if (!listed_from_memory())
		cr_skip("this file system cannot be watched");
	put("large/f500.a-name-of-some-length", "12345", 0);
	ask("GET /large/", "");
	cr_assert(has("f500.a-name-of-some-length</a></td><td>5</td>"));
	cr_assert(listed_from_memory());
	put("large/f500.a-name-of-some-length", "12345", 86400);
	ask("GET /large/", "");
	cr_assert(has("<td>5</td><td>1970-01-02 00:00<"));
	cr_assert(listed_from_memory());
	put("large/new", "", 0);
	ask("GET /large/", "");
	cr_assert(has("./new"));
	cr_assert(listed_from_memory());
	put("file.txt", "0", 0);
	ask("GET /large/", "");
	cr_assert(has(">link</a></td><td>1</td>"));
	cr_assert(listed_from_memory());
	put("other", "1234", 0);
	ask("GET /large/", "");
	cr_assert(has(">name</a></td><td>4</td>"));
	cr_assert(listed_from_memory());
	snprintf(path, sizeof(path), "touch -d @0 %s/large/subdirectory", dir);
	cr_assert_eq(system(path), 0);
	ask("GET /large/", "");
	cr_assert(has("subdirectory/</a></td><td>-</td><td>1970-01-01"));
	cr_assert(listed_from_memory());
}

Test(answer, without_listings_a_directory_is_forbidden)
{
	site.listing = false;
	cr_assert_eq(ask("GET /sub/", "").status, 403);
	cr_assert_eq(ask("GET /with/", "").status, 200);
}

Test(answer, mounts_are_found_by_their_longest_prefix)
{
	char sub[128];
	struct fault f;

	snprintf(sub, sizeof(sub), "%s/with", dir);
	cr_assert_eq(site_add(&site, "/a/b", sub, &f), 0);
	cr_assert_eq(ask("GET /a/b/index.html", "").status, 200);
	cr_assert_eq(ask("GET /a/bc", "").status, 404);
	cr_assert_eq(ask("GET /a/b", "").status, 301);
	cr_assert_eq(site_add(&site, "/a/b/", sub, &f), -1);
}

Test(answer, a_connection_goes_on_only_where_both_want_it)
{
	cr_assert(ask("GET /", "").keep_alive);
	cr_assert(!ask("GET /", "Connection: close\r\n").keep_alive);
	cr_assert(has("Connection: close\r\n"));
	cr_assert(!ask("GET / x", "").keep_alive);
	cr_assert(ask("GET /missing", "").keep_alive);
}
