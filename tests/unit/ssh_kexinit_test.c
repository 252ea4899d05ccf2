#include <criterion/criterion.h>
#include <string.h>

#include "base/mem.h"
#include "ssh/blob.h"
#include "ssh/kexinit.h"

static const char *const lists[] = {"curve25519-sha256,ecdh-sha2-nistp256",
    "ssh-ed25519", "aes128-ctr,aes256-ctr", "aes256-ctr", "hmac-sha2-256",
    "hmac-sha1", "none,zlib", "none", "", ""};

enum { LISTS = sizeof(lists) / sizeof(*lists) };

/* A packet of KEXINIT with the first n of the lists. */
static void
put_packet(struct buf *to, size_t n, uint8_t type, uint8_t padding)
{
	struct buf payload;
	size_t i;

	buf_init(&payload, 4096);
	blob_put_u8(&payload, type);
	buf_append(&payload, "0123456789abcdef", 16);
	for (i = 0; i < n; i++)
		blob_put_text(&payload, lists[i]);
	buf_append(&payload, "\0\0\0\0\0", 5);
	blob_put_u32(to, (uint32_t)(payload.len + 1 + padding));
	blob_put_u8(to, padding);
	buf_append(to, payload.data, payload.len);
	for (i = 0; i < padding; i++)
		buf_putc(to, 'p');
	buf_release(&payload);
}

static void
expect_complete(const struct kexinit *k)
{
	int i;

	cr_assert_eq(k->complete, 1);
	cr_expect_str_eq(k->banner, "SSH-2.0-test");
	for (i = 0; i < KEXINIT_LISTS; i++)
		cr_expect_str_eq(k->lists[i], lists[i]);
	cr_expect_null(k->seen.data, "nothing is kept");
}

Test(ssh_kexinit, is_read_however_it_is_split)
{
	struct buf b;
	size_t at;

	buf_init(&b, 10000);
	buf_puts(&b, "welcome\r\nto this\nSSH-2.0-test\r\n");
	put_packet(&b, LISTS, 20, 7);
	buf_puts(&b, "the next packet");
	for (at = 0; at <= b.len; at++) {
		struct kexinit k;

		kexinit_init(&k);
		kexinit_feed(&k, b.data, at);
		kexinit_feed(&k, b.data + at, b.len - at);
		expect_complete(&k);
		kexinit_release(&k);
	}
	buf_release(&b);
}

Test(ssh_kexinit, is_read_byte_by_byte)
{
	struct kexinit k;
	struct buf b;
	size_t i;

	buf_init(&b, 10000);
	buf_puts(&b, "SSH-2.0-test\n");
	put_packet(&b, LISTS, 20, 4);
	kexinit_init(&k);
	for (i = 0; i < b.len; i++) {
		cr_expect_eq(k.complete, 0);
		kexinit_feed(&k, b.data + i, 1);
	}
	expect_complete(&k);
	kexinit_feed(&k, "more", 4);
	expect_complete(&k);
	kexinit_release(&k);
	kexinit_release(&k);
	buf_release(&b);
}

Test(ssh_kexinit, another_packet_or_a_damaged_one_is_not_taken)
{
	static const struct {
		size_t lists;
		uint8_t type, padding;
	} rows[] = {{LISTS, 21, 4}, {KEXINIT_LISTS - 2, 20, 4}, {0, 20, 4}};
	struct kexinit k;
	struct buf b;
	size_t i;

	buf_init(&b, 10000);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&b);
		buf_puts(&b, "SSH-2.0-test\n");
		put_packet(&b, rows[i].lists, rows[i].type, rows[i].padding);
		kexinit_init(&k);
		kexinit_feed(&k, b.data, b.len);
		cr_expect_eq(k.complete, -1, "row %zu", i);
		cr_expect_str_eq(k.banner, "SSH-2.0-test");
		kexinit_release(&k);
	}
	buf_release(&b);
}

Test(ssh_kexinit, lengths_that_lie_are_refused)
{
	static const struct {
		const char *bytes;
		size_t n;
		int complete;
	} rows[] = {{"\0\0\0\0", 4, -1}, {"\0\0\0\1\0", 5, -1},
	    {"\0\0\0\1\1", 5, -1}, {"\0\0\0\2\x02\x14", 6, -1},
	    {"\0\0\0\2\0\x14", 6, -1}, {"\xff\xff\xff\xff\x04", 5, 0}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct kexinit k;

		kexinit_init(&k);
		kexinit_feed(&k, "SSH-2.0-test\n", 13);
		kexinit_feed(&k, rows[i].bytes, rows[i].n);
		cr_expect_eq(k.complete, rows[i].complete, "row %zu", i);
		kexinit_release(&k);
	}
}

Test(ssh_kexinit, a_server_that_only_talks_is_not_an_ssh_server)
{
	struct kexinit k;
	int i;

	kexinit_init(&k);
	for (i = 0; i < 10000 && !k.complete; i++)
		kexinit_feed(&k, "HTTP/1.1 400 Bad Request\r\n", 26);
	cr_expect_eq(k.complete, -1);
	cr_expect_null(k.banner);
	cr_expect_eq(k.seen.cap, 0, "what it said is not kept");
	kexinit_release(&k);
}

Test(ssh_kexinit, lists_meet_in_whole_names)
{
	static const struct {
		const char *ours, *theirs;
		int common;
	} rows[] = {{"a", "a", 1}, {"a,b", "b,c", 1}, {"a", "b", 0},
	    {"", "", 0}, {"", "a", 0}, {"a", "", 0}, {"aes", "aes128", 0},
	    {"aes128", "aes", 0}, {",", ",", 0}, {"a,", ",a", 1},
	    {"x,,y", ",", 0}, {"a b", "a", 0}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		cr_expect_eq(kexinit_common(rows[i].ours, rows[i].theirs),
		    rows[i].common, "row %zu", i);
		cr_expect_eq(kexinit_common(rows[i].theirs, rows[i].ours),
		    rows[i].common, "row %zu", i);
	}
}

Test(ssh_kexinit, every_list_has_a_name)
{
	int i;

	for (i = 0; i < KEXINIT_LISTS; i++)
		cr_expect_not_null(kexinit_list_name((enum kexinit_list)i));
	cr_expect_str_eq(kexinit_list_option(KEXINIT_MAC_IN), "MACs");
	cr_expect_null(kexinit_list_option(KEXINIT_COMPRESSION_IN));
}
