#include <criterion/criterion.h>

#include "base/base64.h"

/* RFC 4648, section 10. */
Test(base_base64, vectors_of_the_standard)
{
	static const struct {
		const char *plain, *encoded;
	} rows[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"},
	    {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="},
	    {"foobar", "Zm9vYmFy"}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf b;

		buf_init(&b, 100);
		base64_encode(&b, rows[i].plain, strlen(rows[i].plain));
		cr_expect_str_eq(buf_str(&b), rows[i].encoded);
		buf_clear(&b);
		cr_expect_eq(
		    base64_decode(&b, rows[i].encoded, strlen(rows[i].encoded)),
		    0);
		cr_expect_str_eq(buf_str(&b), rows[i].plain);
		buf_release(&b);
	}
}

Test(base_base64, anything_else_is_refused)
{
	static const char *const rows[] = {"Z", "Zg",
	    "Zg=", "Z===", "====", "Zg==Zg==", "Zm 9", "Zm9-", "Zm9\n", "=Zm9"};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf b;

		buf_init(&b, 100);
		cr_expect_eq(base64_decode(&b, rows[i], strlen(rows[i])), -1,
		    "%s", rows[i]);
		cr_expect_str_eq(buf_str(&b), "", "nothing is left of it");
		buf_release(&b);
	}
}

Test(base_base64, every_byte_survives)
{
	unsigned char all[256];
	struct buf text, bytes;
	int i;

	for (i = 0; i < 256; i++)
		all[i] = (unsigned char)(255 - i);
	buf_init(&text, 1000);
	buf_init(&bytes, 1000);
	base64_encode(&text, all, sizeof(all));
	cr_expect_eq(base64_decode(&bytes, text.data, text.len), 0);
	cr_assert_eq(bytes.len, sizeof(all));
	cr_expect_arr_eq(bytes.data, all, sizeof(all));
	buf_release(&text);
	buf_release(&bytes);
}
