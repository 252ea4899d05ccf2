#include <criterion/criterion.h>
#include <string.h>

#include "base/base64.h"
#include "ssh/keyfile.h"

#define BEGIN "-----BEGIN OPENSSH PRIVATE KEY-----\n"
#define END "-----END OPENSSH PRIVATE KEY-----\n"

/* An envelope, of which cut bytes are left off; keys is their number. */
static void
put_file(struct buf *text, uint32_t keys, size_t cut)
{
	struct buf raw;

	buf_init(&raw, 4096);
	buf_append(&raw, "openssh-key-v1", 15);
	blob_put_text(&raw, "none");
	blob_put_text(&raw, "kdf");
	blob_put_text(&raw, "options");
	blob_put_u32(&raw, keys);
	blob_put_text(&raw, "public");
	blob_put_text(&raw, "private");
	buf_puts(text, BEGIN);
	base64_encode(text, raw.data, raw.len - cut);
	buf_puts(text, "\n" END);
	buf_release(&raw);
}

Test(ssh_keyfile, is_split_into_its_fields)
{
	struct buf text, raw;
	struct keyfile file;

	buf_init(&text, 4096);
	buf_init(&raw, 4096);
	put_file(&text, 1, 0);
	cr_assert_eq(keyfile_parse(text.data, text.len, &raw, &file), 0);
	cr_expect(blob_is(&file.cipher, "none"));
	cr_expect(blob_is(&file.kdf, "kdf"));
	cr_expect(blob_is(&file.kdf_options, "options"));
	cr_expect(blob_is(&file.public, "public"));
	cr_expect(blob_is(&file.private, "private"));
	buf_release(&text);
	buf_release(&raw);
}

Test(ssh_keyfile, one_that_was_cut_or_holds_several_keys_is_refused)
{
	struct buf text, raw;
	struct keyfile file;
	size_t cut;

	buf_init(&text, 4096);
	buf_init(&raw, 4096);
	for (cut = 1; cut < 60; cut++) {
		buf_clear(&text);
		buf_clear(&raw);
		put_file(&text, 1, cut);
		cr_expect_eq(
		    keyfile_parse(text.data, text.len, &raw, &file), -1);
	}
	buf_clear(&text);
	buf_clear(&raw);
	put_file(&text, 2, 0);
	cr_expect_eq(keyfile_parse(text.data, text.len, &raw, &file), -1);
	buf_clear(&text);
	buf_clear(&raw);
	put_file(&text, 0, 0);
	cr_expect_eq(keyfile_parse(text.data, text.len, &raw, &file), -1);
	buf_release(&text);
	buf_release(&raw);
}

Test(ssh_keyfile, is_known_by_its_first_line)
{
	static const char begin[] = BEGIN;

	cr_expect(keyfile_is_openssh(begin, sizeof(begin) - 1));
	cr_expect(!keyfile_is_openssh(begin, sizeof(begin) - 2));
	cr_expect(!keyfile_is_openssh("", 0));
	cr_expect(!keyfile_is_openssh(" " BEGIN, sizeof(begin)));
}

Test(ssh_keyfile, base64_may_have_blanks_and_nothing_else_in_it)
{
	static const struct {
		const char *text;
		size_t n;
		int ret;
	} rows[] = {{"Zm9v", 4, 0}, {" Z m\t9\r\nv\n", 10, 0}, {"", 0, 0},
	    {"Zm9\0v", 5, -1}, {"Zm9v\0", 5, -1}, {"Zm9-", 4, -1},
	    {"Zm9", 3, -1}, {"Zm9v=", 5, -1}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf raw;

		buf_init(&raw, 100);
		cr_expect_eq(keyfile_base64(rows[i].text, rows[i].n, &raw),
		    rows[i].ret, "row %zu", i);
		cr_expect_str_eq(
		    buf_str(&raw), rows[i].ret || !rows[i].n ? "" : "foo");
		buf_release(&raw);
	}
}

Test(ssh_keyfile, the_two_numbers_of_a_private_part_must_be_equal)
{
	static const char same[] = "abcdabcd\0\0\0\4typerest";
	static const char other[] = "abcdabce\0\0\0\4typerest";
	struct blob private = {(const uint8_t *)same, sizeof(same) - 1};
	struct blob type, rest;
	size_t n;

	cr_expect_eq(keyfile_open_private(&private, &type, &rest), 0);
	cr_expect(blob_is(&type, "type"));
	cr_expect(blob_is(&rest, "rest"));
	for (n = 0; n < 16; n++) {
		private.n = n;
		cr_expect_eq(keyfile_open_private(&private, &type, &rest), -1);
	}
	private = (struct blob){(const uint8_t *)other, sizeof(other) - 1};
	cr_expect_eq(keyfile_open_private(&private, &type, &rest), -1);
}
