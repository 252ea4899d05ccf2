#include <criterion/criterion.h>
#include <string.h>

#include "ssh/sftp.h"
#include "ssh/sftp_client.h"

enum { MAX = 1 << 20 };

/* The bytes of a request, as the draft has them. */
static void
expect_bytes(const struct buf *b, const char *bytes, size_t n)
{
	cr_assert_eq(b->len, n, "%zu bytes, not %zu", b->len, n);
	cr_expect_arr_eq(b->data, bytes, n);
}

#define EXPECT_BYTES(b, text) expect_bytes(b, text, sizeof(text) - 1)

static const struct blob handle = {(const uint8_t *)"hd", 2};

Test(ssh_sftp, requests_have_the_bytes_of_the_draft)
{
	struct sftp_attrs attrs = {.flags = SFTP_ATTR_MODE, .mode = 0644};
	struct buf b;

	buf_init(&b, MAX);
	cr_expect_eq(sftp_put_init(&b), 0);
	EXPECT_BYTES(&b, "\0\0\0\5\1\0\0\0\3");
	buf_clear(&b);
	cr_expect_eq(sftp_put_path(&b, SFTP_LSTAT, 7, "/a"), 0);
	EXPECT_BYTES(&b, "\0\0\0\013\7\0\0\0\7\0\0\0\2/a");
	buf_clear(&b);
	cr_expect_eq(sftp_put_open(&b, 1, "a",
			 SFTP_OPEN_WRITE | SFTP_OPEN_CREATE, &attrs),
	    0);
	EXPECT_BYTES(
	    &b, "\0\0\0\026\3\0\0\0\1\0\0\0\1a\0\0\0\012\0\0\0\4\0\0\1\244");
	buf_clear(&b);
	cr_expect_eq(sftp_put_read(&b, 2, handle, 0x100000002, 3), 0);
	EXPECT_BYTES(
	    &b, "\0\0\0\027\5\0\0\0\2\0\0\0\2hd\0\0\0\1\0\0\0\2\0\0\0\3");
	buf_clear(&b);
	cr_expect_eq(sftp_put_write(&b, 2, handle, 1, 3), 0);
	EXPECT_BYTES(
	    &b, "\0\0\0\032\6\0\0\0\2\0\0\0\2hd\0\0\0\0\0\0\0\1\0\0\0\3");
	buf_clear(&b);
	cr_expect_eq(sftp_put_paths(&b, SFTP_RENAME, 3, "a", "b"), 0);
	EXPECT_BYTES(&b, "\0\0\0\017\022\0\0\0\3\0\0\0\1a\0\0\0\1b");
	buf_clear(&b);
	cr_expect_eq(sftp_put_fsync(&b, 3, handle), 0);
	EXPECT_BYTES(&b,
	    "\0\0\0\040\310\0\0\0\3\0\0\0\021fsync@openssh.com"
	    "\0\0\0\2hd");
	buf_clear(&b);
	cr_expect_eq(sftp_put_extended(&b, 3, "x@y", "a", NULL), 0);
	EXPECT_BYTES(&b, "\0\0\0\021\310\0\0\0\3\0\0\0\3x@y\0\0\0\1a");
	buf_release(&b);
}

Test(ssh_sftp, a_request_that_does_not_fit_leaves_nothing)
{
	struct buf b;

	buf_init(&b, 20);
	cr_expect_eq(sftp_put_path(&b, SFTP_LSTAT, 7, "/a"), 0);
	cr_expect_eq(sftp_put_path(&b, SFTP_LSTAT, 8, "/a"), -1);
	cr_expect_eq(b.len, 15);
	buf_release(&b);
}

static int
parse(const char *bytes, size_t n, struct sftp_reply *r)
{
	return sftp_parse((struct blob){(const uint8_t *)bytes, n}, r);
}

#define PARSE(text, r) parse(text, sizeof(text) - 1, r)

Test(ssh_sftp, answers_are_read)
{
	struct sftp_reply r;

	cr_expect_eq(PARSE("\145\0\0\0\5\0\0\0\3\0\0\0\2no\0\0\0\0", &r), 0);
	cr_expect_eq(r.type, SFTP_STATUS);
	cr_expect_eq(r.id, 5);
	cr_expect_eq(r.code, SFTP_PERMISSION_DENIED);
	cr_expect(blob_is(&r.message, "no"));
	/* old servers send a code alone */
	cr_expect_eq(PARSE("\145\0\0\0\5\0\0\0\0", &r), 0);
	cr_expect_eq(r.code, SFTP_OK);
	cr_expect_eq(PARSE("\146\0\0\0\5\0\0\0\2hd", &r), 0);
	cr_expect(blob_is(&r.bytes, "hd"));
	cr_expect_eq(PARSE("\147\0\0\0\5\0\0\0\3xyz", &r), 0);
	cr_expect(blob_is(&r.bytes, "xyz"));
	cr_expect_eq(
	    PARSE("\151\0\0\0\5\0\0\0\017\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0\2"
		  "\0\0\201\244\0\0\0\7\0\0\0\10",
		&r),
	    0);
	cr_expect_eq(r.attrs.size, (uint64_t)1 << 32);
	cr_expect_eq(r.attrs.uid, 1);
	cr_expect_eq(r.attrs.gid, 2);
	cr_expect_eq(r.attrs.mode, 0100644);
	cr_expect_eq(r.attrs.mtime, 8);
}

Test(ssh_sftp, what_is_no_answer_is_refused)
{
	struct sftp_reply r;

	cr_expect_eq(PARSE("", &r), -1);
	cr_expect_eq(PARSE("\145", &r), -1);
	cr_expect_eq(PARSE("\145\0\0\0\5", &r), -1);
	cr_expect_eq(PARSE("\146\0\0\0\5\0\0\0\3hd", &r), -1);
	cr_expect_eq(PARSE("\3\0\0\0\5\0\0\0\0", &r), -1);
	cr_expect_eq(PARSE("\151\0\0\0\5\0\0\0\1\0\0", &r), -1);
}

Test(ssh_sftp, names_are_read_one_by_one)
{
	static const char bytes[] = "\150\0\0\0\5\0\0\0\2"
				    "\0\0\0\1a\0\0\0\1l\0\0\0\4\0\0\100\0"
				    "\0\0\0\2bc\0\0\0\0\0\0\0\0";
	struct sftp_entry entry;
	struct sftp_reply r;

	cr_assert_eq(PARSE(bytes, &r), 0);
	cr_assert_eq(sftp_next_entry(&r, &entry), 1);
	cr_expect(blob_is(&entry.name, "a"));
	cr_expect_eq(entry.attrs.mode, 040000);
	cr_assert_eq(sftp_next_entry(&r, &entry), 1);
	cr_expect(blob_is(&entry.name, "bc"));
	cr_expect_eq(entry.attrs.flags, 0);
	cr_expect_eq(sftp_next_entry(&r, &entry), 0);
	/* one less than is promised */
	cr_assert_eq(parse(bytes, sizeof(bytes) - 1 - 14, &r), 0);
	cr_expect_eq(sftp_next_entry(&r, &entry), 1);
	cr_expect_eq(sftp_next_entry(&r, &entry), -1);
}

Test(ssh_sftp, the_hello_tells_what_the_server_can)
{
	struct sftp_server s;
	struct sftp_reply r;

	cr_assert_eq(PARSE("\2\0\0\0\3", &r), 0);
	cr_expect_eq(sftp_parse_hello(&r, &s), 0);
	cr_expect_eq(s.version, 3);
	cr_expect_not(s.posix_rename);
	cr_expect_eq(s.write_max, SFTP_DATA);
	cr_assert_eq(
	    PARSE("\2\0\0\0\3\0\0\0\030posix-rename@openssh.com\0\0\0\0011"
		  "\0\0\0\1x\0\0\0\0",
		&r),
	    0);
	cr_expect_eq(sftp_parse_hello(&r, &s), 0);
	cr_expect(s.posix_rename);
	cr_expect_not(s.statvfs);
	cr_assert_eq(PARSE("\2\0\0\0\3\0\0\0\030posix", &r), 0);
	cr_expect_eq(sftp_parse_hello(&r, &s), -1);
}

Test(ssh_sftp, limits_are_never_less_than_every_server_takes)
{
	struct sftp_server s = {.read_max = SFTP_DATA, .write_max = SFTP_DATA};
	struct sftp_reply r;

	cr_assert_eq(PARSE("\311\0\0\0\1"
			   "\0\0\0\0\0\4\0\0\0\0\0\0\0\0\0\1"
			   "\377\377\377\377\0\0\0\0\0\0\0\0\0\0\0\0",
			 &r),
	    0);
	cr_expect_eq(sftp_parse_limits(&r, &s), 0);
	cr_expect_eq(s.read_max, SFTP_DATA);
	cr_expect_eq(s.write_max, SFTP_PACKET_MAX / 2);
}

Test(ssh_sftp, a_packet_is_taken_when_it_is_whole)
{
	struct blob packet;

	cr_expect_eq(sftp_frame("\0\0", 2, &packet), 0);
	cr_expect_eq(sftp_frame("\0\0\0\2a", 5, &packet), 0);
	cr_expect_eq(sftp_frame("\0\0\0\2abc", 7, &packet), 6);
	cr_expect(blob_is(&packet, "ab"));
	cr_expect_eq(sftp_frame("\0\0\0\0abc", 7, &packet), -1);
	cr_expect_eq(sftp_frame("\177\0\0\0abc", 7, &packet), -1);
}

struct took {
	int n;
	uint64_t tag;
	uint32_t code;
	struct sftp_client *again; /* a request to make at once */
};

static void
take(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	struct took *t = arg;

	t->n++;
	t->tag = tag;
	t->code = reply->code;
	if (t->again)
		(void)sftp_expect(t->again, take, t, 99);
}

static void
status_for(struct buf *b, uint32_t id, uint32_t code)
{
	blob_put_u32(b, 9);
	blob_put_u8(b, SFTP_STATUS);
	blob_put_u32(b, id);
	blob_put_u32(b, code);
}

static void
greet(struct sftp_client *c)
{
	cr_assert_eq(sftp_feed(c, "\0\0\0\5\2\0\0\0\3", 9), 0);
	cr_assert(c->ready);
}

Test(ssh_sftp_client, answers_go_to_those_who_asked_in_any_order)
{
	struct took a = {0}, b = {0};
	struct sftp_client c;
	struct buf bytes;
	uint32_t ida, idb;
	size_t i;

	buf_init(&bytes, MAX);
	sftp_client_init(&c);
	greet(&c);
	ida = sftp_expect(&c, take, &a, 1);
	idb = sftp_expect(&c, take, &b, 2);
	cr_expect_neq(ida, idb);
	status_for(&bytes, idb, 3);
	status_for(&bytes, ida, 0);
	/* byte by byte */
	for (i = 0; i < bytes.len; i++)
		cr_assert_eq(sftp_feed(&c, bytes.data + i, 1), 0);
	cr_expect_eq(a.n, 1);
	cr_expect_eq(a.tag, 1);
	cr_expect_eq(b.tag, 2);
	cr_expect_eq(b.code, 3);
	cr_expect_eq(c.in_flight, 0);
	/* nobody asked for this one any more */
	buf_clear(&bytes);
	status_for(&bytes, ida, 0);
	cr_expect_eq(sftp_feed(&c, bytes.data, bytes.len), -1);
	buf_release(&bytes);
	sftp_client_release(&c);
}

Test(ssh_sftp_client, who_takes_an_answer_may_ask_again)
{
	struct took a = {0};
	struct sftp_client c;
	struct buf bytes;

	buf_init(&bytes, MAX);
	sftp_client_init(&c);
	greet(&c);
	a.again = &c;
	status_for(&bytes, sftp_expect(&c, take, &a, 1), 0);
	cr_expect_eq(sftp_feed(&c, bytes.data, bytes.len), 0);
	cr_expect_eq(a.n, 1);
	cr_expect_eq(c.in_flight, 1);
	buf_release(&bytes);
	sftp_client_release(&c);
}

Test(ssh_sftp_client, what_is_forgotten_is_dropped)
{
	struct took a = {0};
	struct sftp_client c;
	struct buf bytes;

	buf_init(&bytes, MAX);
	sftp_client_init(&c);
	greet(&c);
	status_for(&bytes, sftp_expect(&c, take, &a, 1), 0);
	sftp_forget(&c, &a);
	cr_expect_eq(sftp_feed(&c, bytes.data, bytes.len), 0);
	cr_expect_eq(a.n, 0);
	cr_expect_eq(c.in_flight, 0);
	buf_release(&bytes);
	sftp_client_release(&c);
}

Test(ssh_sftp_client, numbers_differ_while_thousands_are_in_flight)
{
	static struct took all[SFTP_CLIENT_MAX];
	struct sftp_client c;
	struct buf bytes;
	size_t i;

	buf_init(&bytes, MAX);
	sftp_client_init(&c);
	greet(&c);
	for (i = 0; i < SFTP_CLIENT_MAX; i++)
		status_for(&bytes, sftp_expect(&c, take, &all[i], i), 0);
	cr_expect_not(sftp_client_has_room(&c, 1));
	cr_expect_eq(sftp_feed(&c, bytes.data, bytes.len), 0);
	for (i = 0; i < SFTP_CLIENT_MAX; i++) {
		cr_assert_eq(all[i].n, 1);
		cr_assert_eq(all[i].tag, i);
	}
	buf_release(&bytes);
	sftp_client_release(&c);
}

Test(ssh_sftp_client, requests_come_out_in_pieces)
{
	struct sftp_client c;
	char bytes[64];
	size_t n = 0;

	sftp_client_init(&c);
	(void)sftp_put_path(&c.out, SFTP_STAT, 1, "/a");
	cr_expect_eq(sftp_unsent(&c), 24);
	while (sftp_unsent(&c))
		n += sftp_take(&c, bytes + n, 5);
	cr_expect_eq(n, 24);
	cr_expect_arr_eq(
	    bytes, "\0\0\0\5\1\0\0\0\3\0\0\0\013\21\0\0\0\1\0\0\0\2/a", 24);
	sftp_client_release(&c);
}
