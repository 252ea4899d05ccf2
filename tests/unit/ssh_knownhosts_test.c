#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "ssh/fingerprint.h"
#include "ssh/knownhosts.h"

/* Keys as far as they matter here: a type, and bytes that tell them apart. */
static struct buf
key(const char *type, const char *rest)
{
	size_t n = strlen(type);
	struct buf b;

	buf_init(&b, 1000);
	buf_append(&b, "\0\0\0", 3);
	buf_putc(&b, (char)n);
	buf_puts(&b, type);
	buf_puts(&b, rest);
	return b;
}

static void
add_line(
    struct buf *text, const char *names, const char *type, const char *rest)
{
	struct buf blob = key(type, rest);

	buf_printf(text, "%s %s ", names, type);
	base64_encode(text, blob.data, blob.len);
	buf_puts(text, " comment\n");
	buf_release(&blob);
}

static const char ed[] = "ssh-ed25519", ec[] = "ecdsa-sha2-nistp256";

static struct words one_file;

/* A file of all kinds of lines. */
static struct knownhosts *
sample(void)
{
	struct knownhosts *k = knownhosts_new();
	struct buf text;

	buf_init(&text, 65536);
	buf_puts(&text, "# comment\n\nbad line here\n");
	add_line(&text, "web,10.0.0.1", ed, "web");
	add_line(&text, "[db]:2222", ed, "db");
	add_line(&text, "*.net,!x.net", ec, "net");
	add_line(&text, "@revoked *", ed, "stolen");
	add_line(&text, "@cert-authority *.org", ed, "ca");
	add_line(&text, "two", ed, "two-a");
	add_line(&text, "two", ed, "two-b");
	add_line(&text, "two", ec, "two-c");
	knownhosts_parse(k, "file", buf_str(&text), text.len);
	buf_release(&text);
	words_add(&one_file, "file");
	return k;
}

static struct knownhosts_answer
ask(struct knownhosts *k, const char *name, int port, const char *alias,
    const char *type, const char *rest)
{
	struct knownhosts_query q = {.hostname = name,
	    .port = port,
	    .alias = alias,
	    .files = {&one_file, NULL}};
	struct buf blob = key(type, rest);
	struct knownhosts_answer a =
	    knownhosts_check(k, &q, blob.data, blob.len);

	buf_release(&blob);
	return a;
}

Test(ssh_knownhosts, verdicts)
{
	static const struct {
		const char *name;
		int port;
		const char *alias, *type, *rest;
		enum knownhosts_verdict verdict;
		int line;
	} rows[] = {{"web", 22, NULL, ed, "web", KNOWNHOSTS_KNOWN, 4},
	    {"WEB", 22, NULL, ed, "web", KNOWNHOSTS_KNOWN, 4},
	    {"10.0.0.1", 22, NULL, ed, "web", KNOWNHOSTS_KNOWN, 4},
	    {"web", 22, NULL, ed, "other", KNOWNHOSTS_CHANGED, 4},
	    {"web", 22, NULL, ec, "web", KNOWNHOSTS_OTHER_TYPE, 4},
	    {"web", 2222, NULL, ed, "web", KNOWNHOSTS_KNOWN, 4},
	    {"web", 2222, NULL, ed, "other", KNOWNHOSTS_UNKNOWN, 0},
	    {"db", 2222, NULL, ed, "db", KNOWNHOSTS_KNOWN, 5},
	    {"db", 2222, NULL, ed, "other", KNOWNHOSTS_CHANGED, 5},
	    {"db", 22, NULL, ed, "db", KNOWNHOSTS_UNKNOWN, 0},
	    {"a.net", 22, NULL, ec, "net", KNOWNHOSTS_KNOWN, 6},
	    {"x.net", 22, NULL, ec, "net", KNOWNHOSTS_UNKNOWN, 0},
	    {"any", 22, NULL, ed, "stolen", KNOWNHOSTS_REVOKED, 7},
	    {"any", 2222, NULL, ed, "stolen", KNOWNHOSTS_REVOKED, 7},
	    {"a.org", 22, NULL, ed, "ca", KNOWNHOSTS_UNKNOWN, 0},
	    {"two", 22, NULL, ed, "two-b", KNOWNHOSTS_KNOWN, 10},
	    {"two", 22, NULL, ed, "two-x", KNOWNHOSTS_CHANGED, 9},
	    {"1.2.3.4", 99, "web", ed, "web", KNOWNHOSTS_KNOWN, 4},
	    {"web", 22, "alias", ed, "web", KNOWNHOSTS_UNKNOWN, 0}};
	struct knownhosts *k = sample();
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct knownhosts_answer a = ask(k, rows[i].name, rows[i].port,
		    rows[i].alias, rows[i].type, rows[i].rest);

		cr_expect_eq(a.verdict, rows[i].verdict, "row %zu: %d", i,
		    (int)a.verdict);
		cr_expect_eq(a.line, rows[i].line, "row %zu: %d", i, a.line);
	}
	knownhosts_free(k);
}

Test(ssh_knownhosts, a_revoked_key_is_refused_even_where_it_is_known)
{
	struct knownhosts *k = sample();
	struct buf text;

	buf_init(&text, 65536);
	add_line(&text, "thief", ed, "stolen");
	knownhosts_parse(k, "second", buf_str(&text), text.len);
	words_add(&one_file, "second");
	cr_expect_eq(ask(k, "thief", 22, NULL, ed, "stolen").verdict,
	    KNOWNHOSTS_REVOKED);
	buf_release(&text);
	knownhosts_free(k);
}

Test(ssh_knownhosts, types_come_in_the_order_of_the_file)
{
	struct knownhosts *k = sample();
	struct knownhosts_query q = {
	    .hostname = "two", .port = 22, .files = {&one_file, NULL}};
	struct words types = {0};

	knownhosts_types(k, &q, &types);
	cr_assert_eq(types.count, 2);
	cr_expect_str_eq(types.items[0], ed);
	cr_expect_str_eq(types.items[1], ec);
	words_release(&types);
	knownhosts_free(k);
}

Test(ssh_knownhosts, bad_lines_are_noted_and_skipped)
{
	struct knownhosts *k = sample();
	struct buf notes;

	buf_init(&notes, 65536);
	knownhosts_take_notes(k, &notes);
	cr_expect(strstr(buf_str(&notes), "file line 3: "));
	cr_expect(strstr(buf_str(&notes), "file line 8: @cert-authority"));
	buf_clear(&notes);
	knownhosts_take_notes(k, &notes);
	cr_expect_eq(notes.len, 0);
	buf_release(&notes);
	knownhosts_free(k);
}

Test(ssh_knownhosts, names_hashed_by_ssh_keygen_are_found)
{
	/* 192.168.1.61 */
	static const char text[] =
	    "|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= "
	    "ssh-rsa AAAAB3NzaC1yc2E=\n";
	struct knownhosts *k = knownhosts_new();
	struct knownhosts_query q = {
	    .hostname = "192.168.1.61", .port = 22, .files = {&one_file, NULL}};
	struct buf blob = key("ssh-rsa", "");

	words_add(&one_file, "file");
	knownhosts_parse(k, "file", text, sizeof(text) - 1);
	cr_expect_eq(knownhosts_check(k, &q, blob.data, blob.len).verdict,
	    KNOWNHOSTS_KNOWN);
	q.hostname = "192.168.1.62";
	cr_expect_eq(knownhosts_check(k, &q, blob.data, blob.len).verdict,
	    KNOWNHOSTS_UNKNOWN);
	buf_release(&blob);
	knownhosts_free(k);
}

/* A directory of the test's own; its path is the caller's. */
static char *
scratch(void)
{
	char path[] = "/tmp/knownhosts-XXXXXX";

	cr_assert(mkdtemp(path));
	return mem_strdup(path);
}

Test(ssh_knownhosts, a_learned_key_is_in_a_private_file_and_known)
{
	char *dir = scratch();
	char *path = mem_printf("%s/.ssh/known_hosts", dir);
	char *ssh = mem_printf("%s/.ssh", dir);
	struct knownhosts *k = knownhosts_new();
	struct knownhosts_query q = {
	    .hostname = "New", .port = 2222, .files = {&one_file, NULL}};
	struct buf blob = key(ed, "new"), text;
	struct fault f;
	struct stat st;

	words_add(&one_file, path);
	cr_expect_eq(knownhosts_check(k, &q, blob.data, blob.len).verdict, 0);
	cr_assert_eq(knownhosts_add(k, &q, true, blob.data, blob.len, &f), 0);
	cr_assert_eq(knownhosts_add(k, &q, false, blob.data, blob.len, &f), 0);
	cr_expect_eq(knownhosts_check(k, &q, blob.data, blob.len).verdict,
	    KNOWNHOSTS_KNOWN);
	cr_expect_eq(stat(ssh, &st), 0);
	cr_expect_eq(st.st_mode & 07777, 0700);
	cr_expect_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_mode & 07777, 0600);
	buf_init(&text, 65536);
	cr_expect_eq(fdio_read_file(path, &text, &f), 0);
	cr_expect_eq(strncmp(buf_str(&text), "|1|", 3), 0);
	cr_expect_eq(strchr(buf_str(&text), '\n'), text.data + text.len - 1);
	unlink(path);
	rmdir(ssh);
	rmdir(dir);
	buf_release(&text);
	buf_release(&blob);
	knownhosts_free(k);
	mem_free(path);
	mem_free(ssh);
	mem_free(dir);
}

enum { WRITERS = 16, EACH = 20 };

struct writer {
	struct knownhosts *k;
	int number;
};

static void *
write_many(void *arg)
{
	struct writer *w = arg;
	struct buf blob = key(ed, "key");
	struct fault f;
	char name[32];
	int i;

	for (i = 0; i < EACH; i++) {
		struct knownhosts_query q = {
		    .hostname = name, .port = 22, .files = {&one_file, NULL}};

		snprintf(name, sizeof(name), "h%d-%d", w->number, i);
		knownhosts_add(w->k, &q, false, blob.data, blob.len, &f);
	}
	buf_release(&blob);
	return NULL;
}

Test(ssh_knownhosts, many_writers_write_whole_lines)
{
	char *dir = scratch();
	char *path = mem_printf("%s/k", dir);
	struct knownhosts *k[2] = {knownhosts_new(), knownhosts_new()};
	struct writer writers[WRITERS];
	pthread_t threads[WRITERS];
	struct knownhosts *again = knownhosts_new();
	struct buf text;
	struct fault f;
	size_t lines = 0, i;

	words_add(&one_file, path);
	for (i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){k[i % 2], (int)i};
		pthread_create(&threads[i], NULL, write_many, &writers[i]);
	}
	for (i = 0; i < WRITERS; i++)
		pthread_join(threads[i], NULL);
	buf_init(&text, 1 << 20);
	cr_assert_eq(fdio_read_file(path, &text, &f), 0);
	for (i = 0; i < text.len; i++)
		lines += text.data[i] == '\n';
	cr_expect_eq(lines, WRITERS * EACH);
	knownhosts_parse(again, path, buf_str(&text), text.len);
	buf_clear(&text);
	knownhosts_take_notes(again, &text);
	cr_expect_str_eq(buf_str(&text), "");
	unlink(path);
	rmdir(dir);
	buf_release(&text);
	knownhosts_free(k[0]);
	knownhosts_free(k[1]);
	knownhosts_free(again);
	mem_free(path);
	mem_free(dir);
}

Test(ssh_knownhosts, fingerprints_are_those_of_ssh_keygen)
{
	static const char encoded[] = "AAAAC3NzaC1lZDI1NTE5AAAAILc4ATsJUHjqg1Ta"
				      "QbgXyq7YDTD6Xg9ywdGvZnizWpMS";
	struct buf blob, text;

	buf_init(&blob, 1000);
	buf_init(&text, 1000);
	cr_assert_eq(base64_decode(&blob, encoded, strlen(encoded)), 0);
	fingerprint_print(&text, blob.data, blob.len);
	cr_expect_str_eq(buf_str(&text),
	    "SHA256:Hhym7vBCMJFWdLeOcha7yBCELKX0/CMdwwQRqRxk8wM");
	buf_release(&blob);
	buf_release(&text);
}
