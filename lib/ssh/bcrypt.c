#include "ssh/bcrypt.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/secret.h"
#include "ssh/blowfish.h"

enum {
	BCRYPT_ROUNDS_MAX = 100000, /* hours */
	BCRYPT_COST = 64, /* key schedules, and encryptions */
	BCRYPT_OUT = 32, /* bytes of one hash */
	SHA512_LEN = 64
};

static void
sha512(const void *bytes, size_t n, uint8_t *digest)
{
	(void)EVP_Digest(bytes, n, digest, NULL, EVP_sha512(), NULL);
}

static void
hash(const uint8_t *passphrase, const uint8_t *salt, uint8_t *out)
{
	static const char text[] = "OxychromaticBlowfishSwatDynamite";
	struct blowfish b;
	uint32_t words[BCRYPT_OUT / 4];
	size_t i, j;

	blowfish_init(&b);
	blowfish_expand(&b, salt, SHA512_LEN, passphrase, SHA512_LEN);
	for (i = 0; i < BCRYPT_COST; i++) {
		blowfish_expand(&b, NULL, 0, salt, SHA512_LEN);
		blowfish_expand(&b, NULL, 0, passphrase, SHA512_LEN);
	}
	for (i = 0; i < BCRYPT_OUT; i += 4)
		words[i / 4] = (uint32_t)text[i] << 24 |
		    (uint32_t)text[i + 1] << 16 | (uint32_t)text[i + 2] << 8 |
		    (uint32_t)text[i + 3];
	for (i = 0; i < BCRYPT_OUT / 4; i += 2)
		for (j = 0; j < BCRYPT_COST; j++)
			blowfish_encrypt(&b, &words[i], &words[i + 1]);
	for (i = 0; i < BCRYPT_OUT; i++)
		out[i] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
	secret_wipe(&b, sizeof(b));
	secret_wipe(words, sizeof(words));
}

/* One block: the sum of all rounds' hashes. */
static void
block(const struct bcrypt_input *in, const uint8_t *passphrase, uint32_t number,
    uint8_t *out)
{
	uint8_t salt[BCRYPT_SALT_MAX + 4], digest[SHA512_LEN];
	uint8_t last[BCRYPT_OUT];
	uint32_t round;
	size_t i;

	memcpy(salt, in->salt, in->n_salt);
	for (i = 0; i < 4; i++)
		salt[in->n_salt + i] = (uint8_t)(number >> (24 - 8 * i));
	sha512(salt, in->n_salt + 4, digest);
	hash(passphrase, digest, last);
	memcpy(out, last, BCRYPT_OUT);
	for (round = 1; round < in->rounds; round++) {
		sha512(last, BCRYPT_OUT, digest);
		hash(passphrase, digest, last);
		for (i = 0; i < BCRYPT_OUT; i++)
			out[i] ^= last[i];
	}
	secret_wipe(last, sizeof(last));
}

int
bcrypt_pbkdf(const struct bcrypt_input *in, uint8_t *key, size_t n)
{
	uint8_t passphrase[SHA512_LEN], out[BCRYPT_OUT];
	size_t blocks = (n + BCRYPT_OUT - 1) / BCRYPT_OUT, i, j;

	if (n == 0 || n > BCRYPT_KEY_MAX || in->n_passphrase == 0 ||
	    in->n_salt == 0 || in->n_salt > BCRYPT_SALT_MAX ||
	    in->rounds == 0 || in->rounds > BCRYPT_ROUNDS_MAX)
		return -1;
	sha512(in->passphrase, in->n_passphrase, passphrase);
	for (i = 0; i < blocks; i++) {
		block(in, passphrase, (uint32_t)i + 1, out);
		for (j = 0; j < BCRYPT_OUT && j * blocks + i < n; j++)
			key[j * blocks + i] = out[j];
	}
	secret_wipe(passphrase, sizeof(passphrase));
	secret_wipe(out, sizeof(out));
	return 0;
}
