#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "ssh/sftp_client.h"
#include "ssh/sftp_shell.h"

enum { MAX = 1 << 20 };

/* A client, a shell in the place of its server, and the last answer. */
struct place {
	struct sftp_client c;
	struct sftp_shell *s;
	char mark[64];
	struct buf calls;
	struct buf answers;
	struct sftp_reply reply;
	int came;
};

static void
take(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	struct place *p = arg;

	(void)tag;
	p->reply = *reply;
	p->came++;
}

static uint32_t
expected(struct place *p)
{
	return sftp_expect(&p->c, take, p, 0);
}

static void
set_up(struct place *p)
{
	struct buf *lines;

	*p = (struct place){0};
	sftp_client_init(&p->c);
	p->c.ready = true;
	sftp_skip(&p->c, sftp_unsent(&p->c));
	p->s = sftp_shell_new();
	buf_init(&p->calls, MAX);
	buf_init(&p->answers, MAX);
	lines = sftp_shell_lines(p->s);
	cr_assert_eq(sscanf(buf_str(lines), "M='%40[^']'", p->mark), 1);
	buf_clear(lines);
}

static void
tear_down(struct place *p)
{
	sftp_client_release(&p->c);
	sftp_shell_free(p->s);
	buf_release(&p->calls);
	buf_release(&p->answers);
}

/* What the requests that were made become, without the mark that each begins
 * with. */
static const char *
lines_of(struct place *p)
{
	struct blob frame;
	const char *line, *next;

	buf_clear(sftp_shell_lines(p->s));
	while (sftp_next_request(&p->c, &frame)) {
		sftp_shell_request(p->s, frame);
		sftp_skip(&p->c, frame.n);
	}
	buf_clear(&p->calls);
	line = buf_str(sftp_shell_lines(p->s));
	cr_expect(!*line || strstr(line, p->mark) == line);
	for (; *line; line = next) {
		line += strlen(p->mark);
		next = strstr(line, p->mark);
		next = next ? next : line + strlen(line);
		(void)buf_append(&p->calls, line, (size_t)(next - line));
	}
	return buf_str(&p->calls);
}

/* The shell prints an answer, which comes in two pieces. */
static int
print(struct place *p, const char *data, const char *message, int status)
{
	struct buf text;
	size_t half;
	int ret;

	buf_init(&text, MAX);
	buf_printf(
	    &text, "%s%s%s%s%d\n", data, p->mark, message, p->mark, status);
	half = text.len / 2;
	buf_clear(&p->answers);
	ret = sftp_shell_feed(p->s, text.data, half, &p->answers);
	if (!ret)
		ret = sftp_shell_feed(
		    p->s, text.data + half, text.len - half, &p->answers);
	if (!ret)
		ret = sftp_feed(&p->c, buf_str(&p->answers), p->answers.len);
	buf_release(&text);
	return ret;
}

Test(ssh_sftp_shell, paths_are_words_on_one_line)
{
	struct place p;

	set_up(&p);
	(void)sftp_put_path(&p.c.out, SFTP_REMOVE, expected(&p), "it's\na $x");
	cr_expect_str_eq(lines_of(&p), "x rm -f 'it'\\''s'\"$n\"'a $x'\n");
	(void)sftp_put_paths(&p.c.out, SFTP_RENAME, expected(&p), "-f", "");
	cr_expect_str_eq(lines_of(&p), "x m './-f' '.'\n");
	(void)sftp_put_paths(
	    &p.c.out, SFTP_SYMLINK, expected(&p), "-a'\nb", "-l");
	cr_expect_str_eq(
	    lines_of(&p), "x ln -s -- '-a'\\'''\"$n\"'b' './-l'\n");
	tear_down(&p);
}

Test(ssh_sftp_shell, what_stat_prints_becomes_attributes)
{
	struct place p;

	set_up(&p);
	(void)sftp_put_path(&p.c.out, SFTP_LSTAT, expected(&p), "/a");
	cr_expect_str_eq(lines_of(&p), "x stat  -c \"$F\" '/a'\n");
	cr_assert_eq(print(&p, "", "81a4 12 1 2 3 4", 0), 0);
	cr_assert_eq(p.came, 1);
	cr_expect_eq(p.reply.type, SFTP_ATTRS);
	cr_expect_eq(p.reply.attrs.mode, 0100644);
	cr_expect_eq(p.reply.attrs.size, 12);
	cr_expect_eq(p.reply.attrs.gid, 2);
	cr_expect_eq(p.reply.attrs.mtime, 4);
	tear_down(&p);
}

Test(ssh_sftp_shell, a_failure_is_known_by_its_words)
{
	static const struct {
		const char *message;
		uint32_t code;
		const char *reason;
	} rows[] = {
	    {"stat: cannot stat '/a': No such file or directory",
		SFTP_NO_SUCH_FILE, "no such file or directory"},
	    {"sh: 1: cannot create /a: Directory nonexistent",
		SFTP_NO_SUCH_FILE, "directory nonexistent"},
	    {"rm: cannot remove '/a': Permission denied",
		SFTP_PERMISSION_DENIED, "permission denied"},
	    {"dd: error: No space left on device\n0+1 records in: 7",
		SFTP_FAILURE, "no space left on device"},
	    {"odd", SFTP_FAILURE, "odd"},
	    {"", SFTP_FAILURE, ""},
	};
	struct place p;
	size_t i;

	set_up(&p);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)sftp_put_path(&p.c.out, SFTP_REMOVE, expected(&p), "/a");
		(void)lines_of(&p);
		cr_assert_eq(print(&p, "", rows[i].message, 1), 0);
		cr_expect_eq(p.reply.type, SFTP_STATUS);
		cr_expect_eq(p.reply.code, rows[i].code);
		cr_expect(blob_is(&p.reply.message, rows[i].reason), "%.*s",
		    (int)p.reply.message.n, (const char *)p.reply.message.p);
	}
	tear_down(&p);
}

/* Opens a file, whose handle is copied. */
static struct blob
open_file(struct place *p, const char *wanted, uint8_t handle[64])
{
	(void)sftp_put_open(&p->c.out, expected(p), "/a", SFTP_OPEN_READ, NULL);
	cr_expect_str_eq(lines_of(p), wanted);
	cr_assert_eq(print(p, "", "", 0), 0);
	cr_assert_eq(p->reply.type, SFTP_HANDLE);
	memcpy(handle, p->reply.bytes.p, p->reply.bytes.n);
	return (struct blob){.p = handle, .n = p->reply.bytes.n};
}

Test(ssh_sftp_shell, reads_go_on_where_the_descriptor_is)
{
	uint8_t bytes[64];
	struct blob handle;
	struct place p;

	set_up(&p);
	handle = open_file(&p, "o 3 '/a'\n", bytes);
	(void)sftp_put_read(&p.c.out, expected(&p), handle, 0, 10);
	(void)sftp_put_read(&p.c.out, expected(&p), handle, 10, 10);
	cr_expect_str_eq(lines_of(&p), "g 3 10 '' 0\ng 3 10 '' 0\n");
	cr_assert_eq(print(&p, "0123456789", "", 0), 0);
	cr_expect(blob_is(&p.reply.bytes, "0123456789"));
	cr_assert_eq(print(&p, "01", "", 0), 0);
	(void)sftp_put_read(&p.c.out, expected(&p), handle, 12, 10);
	cr_expect_str_eq(lines_of(&p), "g 3 10 '' 0\n");
	cr_assert_eq(print(&p, "", "", 0), 0);
	cr_expect_eq(p.reply.type, SFTP_STATUS);
	cr_expect_eq(p.reply.code, SFTP_EOF);
	(void)sftp_put_read(&p.c.out, expected(&p), handle, 20, 10);
	(void)sftp_put_read(&p.c.out, expected(&p), handle, 5, 10);
	cr_expect_str_eq(lines_of(&p), "g 3 10 '' 8\ng 3 10 x 5\n");
	tear_down(&p);
}

Test(ssh_sftp_shell, files_beyond_its_descriptors_wait)
{
	uint8_t bytes[7][64];
	struct blob handle[7];
	struct place p;
	int i;

	set_up(&p);
	for (i = 0; i < 7; i++) {
		char line[16];

		(void)snprintf(line, sizeof(line), "o %d '/a'\n", 3 + i);
		handle[i] = open_file(&p, line, bytes[i]);
	}
	(void)sftp_put_open(&p.c.out, expected(&p), "/b", SFTP_OPEN_READ, NULL);
	cr_expect_str_eq(lines_of(&p), "");
	(void)sftp_put_handle(&p.c.out, SFTP_CLOSE, expected(&p), handle[4]);
	cr_expect_str_eq(lines_of(&p), "k 7\no 7 '/b'\n");
	tear_down(&p);
}

Test(ssh_sftp_shell, a_write_has_its_bytes_behind_its_line)
{
	uint8_t bytes[64];
	struct blob handle;
	struct place p;

	set_up(&p);
	handle = open_file(&p, "o 3 '/a'\n", bytes);
	(void)sftp_put_write(&p.c.out, expected(&p), handle, 5, 2);
	(void)buf_append(&p.c.out, "hi", 2);
	cr_expect_str_eq(lines_of(&p), "p 3 2 5\nhi");
	tear_down(&p);
}

Test(ssh_sftp_shell, names_may_be_anything)
{
	uint8_t bytes[64];
	struct blob handle;
	struct sftp_entry entry;
	struct place p;

	set_up(&p);
	(void)sftp_put_path(&p.c.out, SFTP_OPENDIR, expected(&p), "/d");
	cr_expect_str_eq(lines_of(&p), "d '/d'\n");
	cr_assert_eq(
	    print(&p, "81a4 1 0 0 0 0 ./a b/\n41ed 2 0 0 0 0 ./c\nd/\n", "", 0),
	    0);
	memcpy(bytes, p.reply.bytes.p, p.reply.bytes.n);
	handle = (struct blob){.p = bytes, .n = p.reply.bytes.n};
	(void)sftp_put_handle(&p.c.out, SFTP_READDIR, expected(&p), handle);
	(void)sftp_put_handle(&p.c.out, SFTP_READDIR, expected(&p), handle);
	cr_expect_str_eq(lines_of(&p), "a 0 ''\na 0 ''\n");
	cr_assert_eq(print(&p, "", "", 0), 0);
	cr_assert_eq(sftp_next_entry(&p.reply, &entry), 1);
	cr_expect(blob_is(&entry.name, "a b"));
	cr_assert_eq(sftp_next_entry(&p.reply, &entry), 1);
	cr_expect(blob_is(&entry.name, "c\nd"));
	cr_expect_eq(entry.attrs.mode, 040755);
	cr_assert_eq(print(&p, "", "", 0), 0);
	cr_expect_eq(p.reply.code, SFTP_EOF);
	tear_down(&p);
}

Test(ssh_sftp_shell, what_nobody_asked_for_is_nonsense)
{
	struct place p;

	set_up(&p);
	cr_expect_neq(print(&p, "", "", 0), 0);
	tear_down(&p);
	set_up(&p);
	(void)sftp_put_path(&p.c.out, SFTP_LSTAT, expected(&p), "/a");
	(void)lines_of(&p);
	cr_expect_neq(print(&p, "", "not what stat prints", 0), 0);
	tear_down(&p);
}
