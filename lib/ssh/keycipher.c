#include "ssh/keycipher.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "ssh/bcrypt.h"

enum { KEYCIPHER_TAG = 16 };

static const struct cipher {
	const char *name;
	const EVP_CIPHER *(*evp)(void);
	size_t key, iv; /* bytes of each that the passphrase gives */
	bool tagged; /* a tag stands behind */
} ciphers[] = {
    {"aes256-ctr", EVP_aes_256_ctr, 32, 16, false},
    {"aes192-ctr", EVP_aes_192_ctr, 24, 16, false},
    {"aes128-ctr", EVP_aes_128_ctr, 16, 16, false},
    {"aes256-cbc", EVP_aes_256_cbc, 32, 16, false},
    {"aes192-cbc", EVP_aes_192_cbc, 24, 16, false},
    {"aes128-cbc", EVP_aes_128_cbc, 16, 16, false},
    {"aes256-gcm@openssh.com", EVP_aes_256_gcm, 32, 12, true},
    {"aes128-gcm@openssh.com", EVP_aes_128_gcm, 16, 12, true},
    /* two keys, of which the second is for lengths in packets */
    {"chacha20-poly1305@openssh.com", EVP_chacha20, 64, 0, true},
};

static const struct cipher *
find_cipher(const struct blob *name)
{
	size_t i;

	for (i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++) {
		if (blob_is(name, ciphers[i].name))
			return &ciphers[i];
	}
	return NULL;
}

/* string salt, uint32 rounds */
static int
derive(const struct keyfile *file, const struct secret *passphrase,
    uint8_t *key, size_t n)
{
	struct bcrypt_input in = {.passphrase = secret_bytes(passphrase),
	    .n_passphrase = secret_len(passphrase)};
	struct blob options = file->kdf_options, salt;

	if (!blob_is(&file->kdf, "bcrypt") ||
	    blob_get_string(&options, &salt) ||
	    blob_get_u32(&options, &in.rounds))
		return -1;
	in.salt = salt.p;
	in.n_salt = salt.n;
	return bcrypt_pbkdf(&in, key, n);
}

/* One run of a cipher without padding. */
static int
decrypt(const EVP_CIPHER *evp, const uint8_t *key, const uint8_t *iv,
    const struct blob *from, const struct blob *tag, uint8_t *to)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t copy[KEYCIPHER_TAG];
	int n, last, ok;

	ok = ctx && EVP_DecryptInit_ex(ctx, evp, NULL, key, iv) > 0 &&
	    EVP_CIPHER_CTX_set_padding(ctx, 0) > 0;
	if (ok && tag) {
		memcpy(copy, tag->p, sizeof(copy));
		ok = EVP_CIPHER_CTX_ctrl(
			 ctx, EVP_CTRL_AEAD_SET_TAG, KEYCIPHER_TAG, copy) > 0;
	}
	ok = ok && EVP_DecryptUpdate(ctx, to, &n, from->p, (int)from->n) > 0 &&
	    EVP_DecryptFinal_ex(ctx, to + n, &last) > 0;
	EVP_CIPHER_CTX_free(ctx);
	return ok ? 0 : -1;
}

static int
poly1305(const uint8_t *key, const struct blob *text, uint8_t *tag)
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "POLY1305", NULL);
	EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
	size_t n;
	int ok = ctx && EVP_MAC_init(ctx, key, 32, NULL) > 0 &&
	    EVP_MAC_update(ctx, text->p, text->n) > 0 &&
	    EVP_MAC_final(ctx, tag, &n, KEYCIPHER_TAG) > 0;

	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
	return ok ? 0 : -1;
}

/* PROTOCOL.chacha20poly1305 with sequence number 0: block 0 of the stream is
 * the tag's key, the text is encrypted from block 1 on. */
static int
decrypt_chacha(const uint8_t *key, const struct keyfile *file, uint8_t *to)
{
	static const uint8_t zero[32];
	static const struct blob nothing = {zero, sizeof(zero)};
	uint8_t iv[16] = {0}, tag_key[32], tag[KEYCIPHER_TAG];
	int ret = decrypt(EVP_chacha20(), key, iv, &nothing, NULL, tag_key);

	if (!ret)
		ret = poly1305(tag_key, &file->private, tag);
	secret_wipe(tag_key, sizeof(tag_key));
	if (ret || CRYPTO_memcmp(tag, file->tag.p, sizeof(tag)))
		return -1;
	iv[0] = 1;
	return decrypt(EVP_chacha20(), key, iv, &file->private, NULL, to);
}

static int
decrypt_with(const struct cipher *c, const uint8_t *key,
    const struct keyfile *file, uint8_t *to)
{
	if (c->tagged && file->tag.n != KEYCIPHER_TAG)
		return -1;
	if (c->iv == 0)
		return decrypt_chacha(key, file, to);
	return decrypt(c->evp(), key, key + c->key, &file->private,
	    c->tagged ? &file->tag : NULL, to);
}

int
keycipher_decrypt(const struct keyfile *file, const struct secret *passphrase,
    struct buf *plain, struct fault *f)
{
	const struct cipher *c = find_cipher(&file->cipher);
	uint8_t key[96];
	char *to = buf_room(plain, file->private.n + EVP_MAX_BLOCK_LENGTH);
	int ret;

	if (!c)
		return fault_set(f, FAULT_AUTH, 0,
		    "it is encrypted with %.*s, which we cannot decrypt",
		    (int)file->cipher.n, (const char *)file->cipher.p);
	if (!to || derive(file, passphrase, key, c->key + c->iv))
		return fault_set(f, FAULT_AUTH, 0, "the key is damaged");
	ret = decrypt_with(c, key, file, (uint8_t *)to);
	secret_wipe(key, sizeof(key));
	if (ret)
		return 1;
	buf_grow(plain, file->private.n);
	return 0;
}
