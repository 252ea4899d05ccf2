#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <stdint.h>
#include <string.h>

#include "ssh/aesctr.h"

enum { TEXT = 5000 };

static const uint8_t key[16] = "sixteen bytes";
/* the counter overflows into the upper half */
static const uint8_t iv[16] = {
    1, 2, 3, 4, 5, 6, 7, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe};

static void
fill(uint8_t *text)
{
	size_t i;

	for (i = 0; i < TEXT; i++)
		text[i] = (uint8_t)(i * 7);
}

/* In pieces of so many bytes, through EVP_Cipher or EVP_CipherUpdate. */
static void
run(const EVP_CIPHER *type, int encrypt, size_t step, uint8_t *text)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	size_t at, n;
	int done = 0;

	cr_assert(EVP_CipherInit(c, type, key, iv, encrypt));
	for (at = 0; at < TEXT; at += n) {
		n = TEXT - at < step ? TEXT - at : step;
		if (step == 16 && n == 16)
			cr_assert_eq(
			    EVP_Cipher(c, text + at, text + at, 16), 16);
		else
			cr_assert(EVP_CipherUpdate(
			    c, text + at, &done, text + at, (int)n));
	}
	cr_assert(EVP_CipherFinal(c, text, &done));
	cr_assert_eq(done, 0);
	EVP_CIPHER_CTX_free(c);
}

static const char *
provider_of(const EVP_CIPHER *type)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	const char *name;

	cr_assert(EVP_CipherInit(c, type, key, iv, 1));
	name = OSSL_PROVIDER_get0_name(
	    EVP_CIPHER_get0_provider(EVP_CIPHER_CTX_get0_cipher(c)));
	EVP_CIPHER_CTX_free(c);
	return name;
}

Test(ssh_aesctr, what_libssh2_asks_for_is_ours)
{
	cr_assert(!aesctr_is_installed());
	aesctr_install();
	cr_assert(aesctr_is_installed());
	cr_assert_str_eq(provider_of(EVP_aes_128_ctr()), AESCTR_PROVIDER);
	cr_assert_str_eq(provider_of(EVP_aes_256_ctr()), "default");
	cr_assert_str_eq(provider_of(EVP_aes_128_cbc()), "default");
}

Test(ssh_aesctr, says_what_libcrypto_says_in_pieces_of_any_size)
{
	static const size_t steps[] = {1, 15, 16, 17, 1023, 1024, 1025, TEXT};
	uint8_t plain[TEXT], wanted[TEXT], text[TEXT];
	EVP_CIPHER *theirs;
	size_t i;

	aesctr_install();
	theirs = EVP_CIPHER_fetch(NULL, "AES-128-CTR", "provider=default");
	fill(plain);
	memcpy(wanted, plain, TEXT);
	run(theirs, 1, TEXT, wanted);
	EVP_CIPHER_free(theirs);
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		memcpy(text, plain, TEXT);
		run(EVP_aes_128_ctr(), 1, steps[i], text);
		cr_assert_arr_eq(text, wanted, TEXT);
		run(EVP_aes_128_ctr(), 0, steps[i], text);
		cr_assert_arr_eq(text, plain, TEXT);
	}
}

Test(ssh_aesctr, a_context_begins_again_with_another_vector)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t first[16] = {0}, second[16] = {0};

	aesctr_install();
	cr_assert(EVP_CipherInit(c, EVP_aes_128_ctr(), key, iv, 1));
	cr_assert_eq(EVP_Cipher(c, first, first, 16), 16);
	cr_assert(EVP_CipherInit(c, NULL, NULL, iv, 1));
	cr_assert_eq(EVP_Cipher(c, second, second, 16), 16);
	cr_assert_arr_eq(first, second, 16);
	EVP_CIPHER_CTX_free(c);
}
