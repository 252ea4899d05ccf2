/*
 * A key is an EVP_PKEY and the public blob.  OpenSSH's form is split by
 * keyfile.c and its numbers are handed to libcrypto by name; the others are
 * read by libcrypto, and the blob is made from what it says.
 */
#include "ssh/keys.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"
#include "ssh/keycipher.h"
#include "ssh/keyfields.h"
#include "ssh/keyfile.h"

enum { KEY_BLOB_MAX = 16384 };

struct key {
	EVP_PKEY *pkey;
	struct buf blob;
};

struct blob
key_blob(const struct key *k)
{
	return (struct blob){(const uint8_t *)buf_str(&k->blob), k->blob.len};
}

static struct key *
key_new(EVP_PKEY *pkey)
{
	struct key *k;

	if (!pkey)
		return NULL;
	k = mem_alloc(1, sizeof(*k));
	k->pkey = pkey;
	buf_init(&k->blob, KEY_BLOB_MAX);
	return k;
}

void
key_free(struct key *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->pkey);
	buf_release(&k->blob);
	mem_free(k);
}

/* 1: what was decrypted is no key, for the passphrase was wrong. */
static int
read_private(const struct keyfile *file, const struct blob *plain,
    struct key **key, struct fault *f)
{
	struct blob type, rest;

	*key = NULL;
	if (keyfile_open_private(plain, &type, &rest)) {
		fault_set(f, FAULT_AUTH, 0, "the key is damaged");
		return 1;
	}
	*key = key_new(keyfields_read(&type, &rest));
	if (!*key)
		return fault_set(f, FAULT_AUTH, 0,
		    "keys of type %.*s cannot be used", (int)type.n,
		    (const char *)type.p);
	buf_append(&(*key)->blob, file->public.p, file->public.n);
	return 0;
}

static struct key *
read_encrypted(const struct keyfile *file, const struct secret *passphrase,
    int *encrypted, struct fault *f)
{
	struct key *k = NULL;
	struct buf plain;
	int ret;

	buf_init(&plain, file->private.n + EVP_MAX_BLOCK_LENGTH);
	ret = keycipher_decrypt(file, passphrase, &plain, f);
	if (ret == 0) {
		struct blob b = {(const uint8_t *)buf_str(&plain), plain.len};

		ret = read_private(file, &b, &k, f);
	}
	*encrypted = ret > 0;
	if (ret > 0)
		fault_set(f, FAULT_AUTH, 0, "the passphrase is wrong");
	if (plain.data)
		secret_wipe(plain.data, plain.cap);
	buf_release(&plain);
	return k;
}

static struct key *
parse_openssh(const char *text, size_t n, const struct secret *passphrase,
    int *encrypted, struct fault *f)
{
	struct keyfile file;
	struct key *k = NULL;
	struct buf raw;

	buf_init(&raw, 65536);
	if (keyfile_parse(text, n, &raw, &file)) {
		fault_set(f, FAULT_AUTH, 0, "the key is damaged");
	} else if (blob_is(&file.cipher, "none")) {
		(void)read_private(&file, &file.private, &k, f);
	} else if (passphrase) {
		k = read_encrypted(&file, passphrase, encrypted, f);
	} else {
		*encrypted = 1;
		fault_set(f, FAULT_AUTH, 0, "the key has a passphrase");
	}
	if (raw.len)
		secret_wipe(raw.data, raw.len);
	buf_release(&raw);
	return k;
}

int
key_parse_public(const char *text, size_t n, struct buf *blob)
{
	struct keyfile file;
	struct buf raw;
	int ret;

	buf_init(&raw, 65536);
	ret = keyfile_is_openssh(text, n) ? keyfile_parse(text, n, &raw, &file)
					  : -1;
	if (!ret)
		ret = buf_append(blob, file.public.p, file.public.n);
	if (raw.len)
		secret_wipe(raw.data, raw.len);
	buf_release(&raw);
	return ret;
}

static int
put_rsa_blob(struct buf *to, const EVP_PKEY *pkey)
{
	static const char *const names[] = {
	    OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_N};
	uint8_t bytes[2048];
	int i;

	if (blob_put_text(to, "ssh-rsa"))
		return -1;
	for (i = 0; i < 2; i++) {
		BIGNUM *number = NULL;
		int n;

		if (!EVP_PKEY_get_bn_param(pkey, names[i], &number))
			return -1;
		n = BN_num_bytes(number);
		if (n > (int)sizeof(bytes))
			n = 0;
		else
			BN_bn2bin(number, bytes);
		BN_free(number);
		if (n == 0 || blob_put_mpint(to, bytes, (size_t)n))
			return -1;
	}
	return 0;
}

static int
put_ecdsa_blob(struct buf *to, const EVP_PKEY *pkey)
{
	char group[64];
	uint8_t point[256];
	const struct keyfields_curve *curve;
	size_t n;

	if (!EVP_PKEY_get_utf8_string_param(
		pkey, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof(group), NULL) ||
	    !EVP_PKEY_get_octet_string_param(
		pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point), &n))
		return -1;
	curve = keyfields_curve(group);
	if (!curve)
		return -1;
	return blob_put_text(to, curve->type) ||
		blob_put_text(to, curve->curve) || blob_put_string(to, point, n)
	    ? -1
	    : 0;
}

static int
put_blob(struct buf *to, const EVP_PKEY *pkey)
{
	uint8_t public[32];
	size_t n = sizeof(public);

	switch (EVP_PKEY_get_base_id(pkey)) {
	case EVP_PKEY_RSA:
		return put_rsa_blob(to, pkey);
	case EVP_PKEY_EC:
		return put_ecdsa_blob(to, pkey);
	case EVP_PKEY_ED25519:
		if (!EVP_PKEY_get_raw_public_key(pkey, public, &n) ||
		    blob_put_text(to, "ssh-ed25519"))
			return -1;
		return blob_put_string(to, public, n);
	default:
		return -1;
	}
}

struct asked {
	const struct secret *passphrase; /* or NULL */
	int asked;
};

/* libcrypto asks for a passphrase, where the key has one. */
static int
give_passphrase(char *bytes, int n, int writing, void *arg)
{
	struct asked *a = arg;

	(void)writing;
	a->asked = 1;
	if (!a->passphrase || secret_len(a->passphrase) > (size_t)n)
		return -1;
	memcpy(bytes, secret_bytes(a->passphrase), secret_len(a->passphrase));
	return (int)secret_len(a->passphrase);
}

static struct key *
parse_pem(const char *text, size_t n, const struct secret *passphrase,
    int *encrypted, struct fault *f)
{
	struct asked asked = {.passphrase = passphrase};
	BIO *bio = BIO_new_mem_buf(text, (int)n);
	struct key *k = NULL;

	if (bio)
		k = key_new(PEM_read_bio_PrivateKey(
		    bio, NULL, give_passphrase, &asked));
	BIO_free(bio);
	*encrypted = !k && asked.asked;
	if (k && put_blob(&k->blob, k->pkey)) {
		key_free(k);
		k = NULL;
	}
	if (!k && *encrypted)
		fault_set(f, FAULT_AUTH, 0, "%s",
		    passphrase ? "the passphrase is wrong"
			       : "the key has a passphrase");
	else if (!k)
		fault_set(
		    f, FAULT_AUTH, 0, "not a private key that can be used");
	return k;
}

struct key *
key_parse(const char *text, size_t n, const struct secret *passphrase,
    int *encrypted, struct fault *f)
{
	*encrypted = 0;
	if (keyfile_is_openssh(text, n))
		return parse_openssh(text, n, passphrase, encrypted, f);
	return parse_pem(text, n, passphrase, encrypted, f);
}

/* What a signature algorithm takes. */
static const struct algorithm {
	const char *name;
	const char *hash; /* NULL: its own */
	int kind; /* of key */
} algorithms[] = {
    {"ssh-ed25519", NULL, EVP_PKEY_ED25519},
    {"rsa-sha2-256", "SHA256", EVP_PKEY_RSA},
    {"rsa-sha2-512", "SHA512", EVP_PKEY_RSA},
    {"ssh-rsa", "SHA1", EVP_PKEY_RSA},
    {"ecdsa-sha2-nistp256", "SHA256", EVP_PKEY_EC},
    {"ecdsa-sha2-nistp384", "SHA384", EVP_PKEY_EC},
    {"ecdsa-sha2-nistp521", "SHA512", EVP_PKEY_EC},
};

/* The algorithm of that name, if the key can be used with it. */
static const struct algorithm *
find_algorithm(const struct key *k, const struct blob *name)
{
	size_t i;

	for (i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
		if (blob_is(name, algorithms[i].name) &&
		    algorithms[i].kind == EVP_PKEY_get_base_id(k->pkey))
			return &algorithms[i];
	}
	return NULL;
}

/* DER to two mpints. */
static int
put_ecdsa_signature(struct buf *to, const uint8_t *der, size_t n)
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)n);
	const BIGNUM *numbers[2];
	uint8_t bytes[128];
	int i, ret = 0;

	if (!sig)
		return -1;
	ECDSA_SIG_get0(sig, &numbers[0], &numbers[1]);
	for (i = 0; i < 2; i++) {
		int len = BN_num_bytes(numbers[i]);

		if (len > (int)sizeof(bytes))
			ret = -1;
		else
			ret |= blob_put_mpint(
			    to, bytes, (size_t)BN_bn2bin(numbers[i], bytes));
	}
	ECDSA_SIG_free(sig);
	return ret;
}

int
key_sign(const struct key *k, const struct blob *algorithm,
    const struct blob *data, struct buf *signature, struct fault *f)
{
	const struct algorithm *a = find_algorithm(k, algorithm);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t raw[2048];
	size_t n = sizeof(raw);
	int ret = -1;

	if (a && ctx &&
	    EVP_DigestSignInit_ex(
		ctx, NULL, a->hash, NULL, NULL, k->pkey, NULL) > 0 &&
	    EVP_DigestSign(ctx, raw, &n, data->p, data->n) > 0)
		ret = a->kind == EVP_PKEY_EC
		    ? put_ecdsa_signature(signature, raw, n)
		    : buf_append(signature, raw, n);
	EVP_MD_CTX_free(ctx);
	if (ret)
		return fault_set(f, FAULT_AUTH, 0, "libcrypto does not sign");
	return 0;
}
