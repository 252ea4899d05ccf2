#include <criterion/criterion.h>
#include <stdio.h>

#include "base/sha1.h"

static void
expect_digest(const uint8_t *digest, const char *expected)
{
	char text[2 * SHA1_LEN + 1];
	int i;

	for (i = 0; i < SHA1_LEN; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	cr_expect_str_eq(text, expected);
}

/* FIPS 180-4, and RFC 3174, section 7.3. */
Test(base_sha1, digests_of_the_standard)
{
	static const struct {
		const char *text, *digest;
	} rows[] = {{"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
	    {"", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
	    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"84983e441c3bd26ebaae4aa1f95129e5e54670f1"}};
	uint8_t digest[SHA1_LEN];
	char many[1000];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		sha1(rows[i].text, strlen(rows[i].text), digest);
		expect_digest(digest, rows[i].digest);
	}
	memset(many, 'a', sizeof(many));
	sha1(many, sizeof(many), digest);
	expect_digest(digest, "291e9a6c66994949b57ba5e650361e98fc36b1ba");
}

/* RFC 2202, section 3. */
Test(base_sha1, hmac_of_the_standard)
{
	uint8_t digest[SHA1_LEN], key[20];
	struct sha1_key k;

	memset(key, 0x0b, sizeof(key));
	sha1_key_init(&k, key, sizeof(key));
	sha1_hmac(&k, "Hi There", 8, digest);
	expect_digest(digest, "b617318655057264e28bc0b6fb378c8ef146be00");
	sha1_key_init(&k, "Jefe", 4);
	sha1_hmac(&k, "what do ya want for nothing?", 28, digest);
	expect_digest(digest, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

/* Lengths around the block, against each other: a key may be used again. */
Test(base_sha1, a_key_serves_many_messages)
{
	uint8_t first[SHA1_LEN], again[SHA1_LEN];
	char text[200] = {0};
	struct sha1_key k;
	size_t n;

	sha1_key_init(&k, "salt", 4);
	sha1_hmac(&k, text, 64, first);
	for (n = 0; n < sizeof(text); n++)
		sha1_hmac(&k, text, n, again);
	sha1_hmac(&k, text, 64, again);
	cr_expect_arr_eq(first, again, SHA1_LEN);
}
