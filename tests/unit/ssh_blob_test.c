#include <criterion/criterion.h>
#include <string.h>

#include "ssh/blob.h"

static struct blob
view(const void *bytes, size_t n)
{
	return (struct blob){bytes, n};
}

Test(ssh_blob, what_was_put_is_read_back)
{
	struct blob b, s;
	struct buf to;
	uint32_t number;
	uint8_t byte;

	buf_init(&to, 1000);
	cr_expect_eq(blob_put_u8(&to, 0xff), 0);
	cr_expect_eq(blob_put_u32(&to, 0xfedcba98), 0);
	cr_expect_eq(blob_put_string(&to, "a\0b", 3), 0);
	cr_expect_eq(blob_put_text(&to, "text"), 0);
	cr_expect_eq(blob_put_string(&to, NULL, 0), 0);
	b = view(to.data, to.len);
	cr_expect_eq(blob_get_u8(&b, &byte), 0);
	cr_expect_eq(byte, 0xff);
	cr_expect_eq(blob_get_u32(&b, &number), 0);
	cr_expect_eq(number, 0xfedcba98);
	cr_expect_eq(blob_get_string(&b, &s), 0);
	cr_expect_eq(s.n, 3);
	cr_expect_arr_eq(s.p, "a\0b", 3);
	cr_expect_eq(blob_get_text(&b, &s), 0);
	cr_expect(blob_is(&s, "text"));
	cr_expect_eq(blob_get_text(&b, &s), 0);
	cr_expect(blob_is(&s, ""));
	cr_expect_eq(b.n, 0);
	buf_release(&to);
}

Test(ssh_blob, what_is_too_short_is_not_touched)
{
	static const uint8_t bytes[] = {0, 0, 0, 5, 'a', 'b', 'c', 'd', 'e'};
	size_t n;

	for (n = 0; n < sizeof(bytes); n++) {
		struct blob b = view(bytes, n), s;
		uint32_t number;

		cr_expect_eq(blob_get_string(&b, &s), -1);
		cr_expect_eq(blob_get_text(&b, &s), -1);
		cr_expect_eq(blob_get_u32(&b, &number), n < 4 ? -1 : 0);
		cr_expect_eq(b.n, n < 4 ? n : n - 4);
		cr_expect_eq(b.p, n < 4 ? bytes : bytes + 4);
	}
}

Test(ssh_blob, a_length_beyond_the_end_is_refused)
{
	static const uint8_t rows[][8] = {{0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4},
	    {0x80, 0, 0, 0, 1, 2, 3, 4}, {0, 0, 0, 5, 1, 2, 3, 4},
	    {0xff, 0xff, 0xff, 0xfc, 1, 2, 3, 4}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct blob b = view(rows[i], sizeof(rows[i])), s;

		cr_expect_eq(blob_get_string(&b, &s), -1);
		cr_expect_eq(b.p, rows[i]);
		cr_expect_eq(b.n, 8);
	}
}

Test(ssh_blob, a_view_of_nothing_gives_nothing)
{
	struct blob b = {NULL, 0}, s;
	uint32_t number;
	uint8_t byte;

	cr_expect_eq(blob_get_u8(&b, &byte), -1);
	cr_expect_eq(blob_get_u32(&b, &number), -1);
	cr_expect_eq(blob_get_string(&b, &s), -1);
	cr_expect(blob_is(&b, ""));
	cr_expect(!blob_is(&b, "x"));
}

Test(ssh_blob, text_holds_no_nul)
{
	static const uint8_t bytes[] = {0, 0, 0, 3, 'a', 0, 'b'};
	struct blob b = view(bytes, sizeof(bytes)), s;

	cr_expect_eq(blob_get_text(&b, &s), -1);
	cr_expect_eq(b.n, sizeof(bytes));
	cr_expect_eq(blob_get_string(&b, &s), 0);
	cr_expect(!blob_is(&s, "a"), "a NUL does not end it");
}

/* RFC 4251, section 5 */
Test(ssh_blob, mpints_of_the_standard)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *wire;
		size_t wire_n;
	} rows[] = {{"", 0, "\0\0\0\0", 4}, {"\0", 1, "\0\0\0\0", 4},
	    {"\0\0\0", 3, "\0\0\0\0", 4},
	    {"\x09\xa3\x78\xf9\xb2\xe3\x32\xa7", 8,
		"\0\0\0\x08\x09\xa3\x78\xf9\xb2\xe3\x32\xa7", 12},
	    {"\x80", 1, "\0\0\0\2\0\x80", 6}, {"\x7f", 1, "\0\0\0\1\x7f", 5},
	    {"\0\0\x80\0", 4, "\0\0\0\3\0\x80\0", 7},
	    {"\0\1", 2, "\0\0\0\1\1", 5}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf to;

		buf_init(&to, 100);
		cr_expect_eq(blob_put_mpint(&to, (const uint8_t *)rows[i].bytes,
				 rows[i].n),
		    0);
		cr_assert_eq(to.len, rows[i].wire_n, "row %zu", i);
		cr_expect_arr_eq(to.data, rows[i].wire, to.len);
		buf_release(&to);
	}
}

Test(ssh_blob, a_full_buffer_is_an_error)
{
	struct buf to;
	size_t max;

	for (max = 0; max < 8; max++) {
		buf_init(&to, max);
		cr_expect_eq(blob_put_text(&to, "text"), -1);
		buf_clear(&to);
		cr_expect_eq(
		    blob_put_mpint(&to, (const uint8_t *)"\x80\0\0", 3), -1);
		buf_release(&to);
	}
}
