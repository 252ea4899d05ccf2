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
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"
#include "ssh/keyfile.h"

enum { KEY_BLOB_MAX = 16384 };

struct key {
	EVP_PKEY *pkey;
	struct buf blob;
};

static const struct {
	const char *type; /* SSH's name */
	const char *curve; /* SSH's name of the curve */
	const char *group; /* libcrypto's */
} curves[] = {
    {"ecdsa-sha2-nistp256", "nistp256", "prime256v1"},
    {"ecdsa-sha2-nistp384", "nistp384", "secp384r1"},
    {"ecdsa-sha2-nistp521", "nistp521", "secp521r1"},
};

enum { CURVES = sizeof(curves) / sizeof(curves[0]) };

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

static EVP_PKEY *
pkey_from(const char *kind, OSSL_PARAM_BLD *build)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
	EVP_PKEY *pkey = NULL;

	if (!params || !ctx || EVP_PKEY_fromdata_init(ctx) <= 0 ||
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEYPAIR, params) <= 0)
		pkey = NULL;
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	return pkey;
}

/* string public, string private (seed and public) */
static EVP_PKEY *
ed25519_from(struct blob *fields)
{
	struct blob public, private;

	if (blob_get_string(fields, &public) ||
	    blob_get_string(fields, &private) || private.n != 64)
		return NULL;
	return EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, private.p, 32);
}

/* string curve, string point, mpint scalar */
static EVP_PKEY *
ecdsa_from(struct blob *fields, const char *group)
{
	struct blob curve, point, scalar;
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY *pkey = NULL;
	BIGNUM *d = NULL;

	if (build && !blob_get_string(fields, &curve) &&
	    !blob_get_string(fields, &point) &&
	    !blob_get_string(fields, &scalar) &&
	    (d = BN_bin2bn(scalar.p, (int)scalar.n, NULL)) &&
	    OSSL_PARAM_BLD_push_utf8_string(
		build, OSSL_PKEY_PARAM_GROUP_NAME, group, 0) &&
	    OSSL_PARAM_BLD_push_octet_string(
		build, OSSL_PKEY_PARAM_PUB_KEY, point.p, point.n) &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, d))
		pkey = pkey_from("EC", build);
	BN_clear_free(d);
	OSSL_PARAM_BLD_free(build);
	return pkey;
}

/* mpints n, e, d, iqmp, p, q; libcrypto also wants d mod (p-1), d mod (q-1) */
enum rsa_number {
	RSA_N,
	RSA_E,
	RSA_D,
	RSA_IQMP,
	RSA_P,
	RSA_Q,
	RSA_DMP1,
	RSA_DMQ1,
	RSA_NUMBERS
};

static int
rsa_read_numbers(struct blob *fields, BIGNUM *numbers[RSA_NUMBERS])
{
	int i;

	for (i = RSA_N; i <= RSA_Q; i++) {
		struct blob number;

		if (blob_get_string(fields, &number))
			return -1;
		numbers[i] = BN_bin2bn(number.p, (int)number.n, NULL);
		if (!numbers[i])
			return -1;
	}
	return 0;
}

static BIGNUM *
rsa_exponent(const BIGNUM *d, const BIGNUM *prime, BN_CTX *ctx)
{
	BIGNUM *less = BN_dup(prime);
	BIGNUM *result = BN_new();

	if (!less || !result || !BN_sub_word(less, 1) ||
	    !BN_mod(result, d, less, ctx)) {
		BN_free(result);
		result = NULL;
	}
	BN_clear_free(less);
	return result;
}

static EVP_PKEY *
rsa_build(BIGNUM *numbers[RSA_NUMBERS])
{
	static const char *const names[RSA_NUMBERS] = {OSSL_PKEY_PARAM_RSA_N,
	    OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D,
	    OSSL_PKEY_PARAM_RSA_COEFFICIENT1, OSSL_PKEY_PARAM_RSA_FACTOR1,
	    OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_EXPONENT1,
	    OSSL_PKEY_PARAM_RSA_EXPONENT2};
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY *pkey = NULL;
	int i;

	for (i = 0; build && i < RSA_NUMBERS; i++) {
		if (!numbers[i] ||
		    !OSSL_PARAM_BLD_push_BN(build, names[i], numbers[i]))
			break;
	}
	if (i == RSA_NUMBERS)
		pkey = pkey_from("RSA", build);
	OSSL_PARAM_BLD_free(build);
	return pkey;
}

static EVP_PKEY *
rsa_from(struct blob *fields)
{
	BIGNUM *numbers[RSA_NUMBERS] = {NULL};
	BN_CTX *ctx = BN_CTX_new();
	EVP_PKEY *pkey = NULL;
	int i;

	if (ctx && !rsa_read_numbers(fields, numbers)) {
		numbers[RSA_DMP1] =
		    rsa_exponent(numbers[RSA_D], numbers[RSA_P], ctx);
		numbers[RSA_DMQ1] =
		    rsa_exponent(numbers[RSA_D], numbers[RSA_Q], ctx);
		pkey = rsa_build(numbers);
	}
	for (i = 0; i < RSA_NUMBERS; i++)
		BN_clear_free(numbers[i]);
	BN_CTX_free(ctx);
	return pkey;
}

static EVP_PKEY *
pkey_from_fields(const struct blob *type, struct blob *fields)
{
	size_t i;

	if (blob_is(type, "ssh-ed25519"))
		return ed25519_from(fields);
	if (blob_is(type, "ssh-rsa"))
		return rsa_from(fields);
	for (i = 0; i < CURVES; i++) {
		if (blob_is(type, curves[i].type))
			return ecdsa_from(fields, curves[i].group);
	}
	return NULL;
}

static struct key *
parse_openssh(const char *text, size_t n, int *encrypted, struct fault *f)
{
	struct keyfile file;
	struct blob type, rest;
	struct key *k = NULL;
	struct buf raw;

	buf_init(&raw, 65536);
	if (keyfile_parse(text, n, &raw, &file)) {
		fault_set(f, FAULT_AUTH, 0, "the key is damaged");
	} else if (!blob_is(&file.cipher, "none")) {
		*encrypted = 1;
		fault_set(f, FAULT_AUTH, 0, "the key has a passphrase");
	} else if (keyfile_open_private(&file.private, &type, &rest)) {
		fault_set(f, FAULT_AUTH, 0, "the key is damaged");
	} else {
		k = key_new(pkey_from_fields(&type, &rest));
		if (!k)
			fault_set(f, FAULT_AUTH, 0,
			    "keys of type %.*s cannot be used", (int)type.n,
			    (const char *)type.p);
		else
			buf_append(&k->blob, file.public.p, file.public.n);
	}
	if (raw.len)
		secret_wipe(raw.data, raw.len);
	buf_release(&raw);
	return k;
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
	size_t i, n;

	if (!EVP_PKEY_get_utf8_string_param(
		pkey, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof(group), NULL) ||
	    !EVP_PKEY_get_octet_string_param(
		pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point), &n))
		return -1;
	for (i = 0; i < CURVES && strcmp(group, curves[i].group); i++)
		continue;
	if (i == CURVES)
		return -1;
	return blob_put_text(to, curves[i].type) ||
		blob_put_text(to, curves[i].curve) ||
		blob_put_string(to, point, n)
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

/* libcrypto asks for a passphrase: note that, and give none. */
static int
no_passphrase(char *bytes, int n, int writing, void *arg)
{
	(void)bytes;
	(void)n;
	(void)writing;
	*(int *)arg = 1;
	return -1;
}

static struct key *
parse_pem(const char *text, size_t n, int *encrypted, struct fault *f)
{
	BIO *bio = BIO_new_mem_buf(text, (int)n);
	struct key *k = NULL;

	if (bio)
		k = key_new(PEM_read_bio_PrivateKey(
		    bio, NULL, no_passphrase, encrypted));
	BIO_free(bio);
	if (k && put_blob(&k->blob, k->pkey)) {
		key_free(k);
		k = NULL;
	}
	if (!k)
		fault_set(f, FAULT_AUTH, 0, "%s",
		    *encrypted ? "the key has a passphrase"
			       : "not a private key that can be used");
	return k;
}

struct key *
key_parse(const char *text, size_t n, int *encrypted, struct fault *f)
{
	*encrypted = 0;
	if (keyfile_is_openssh(text, n))
		return parse_openssh(text, n, encrypted, f);
	return parse_pem(text, n, encrypted, f);
}

/* The hash that belongs to a signature algorithm; NULL for Ed25519. */
static const char *
hash_of(const struct blob *algorithm)
{
	static const struct {
		const char *algorithm;
		const char *hash;
	} hashes[] = {
	    {"rsa-sha2-256", "SHA256"},
	    {"rsa-sha2-512", "SHA512"},
	    {"ssh-rsa", "SHA1"},
	    {"ecdsa-sha2-nistp256", "SHA256"},
	    {"ecdsa-sha2-nistp384", "SHA384"},
	    {"ecdsa-sha2-nistp521", "SHA512"},
	};
	size_t i;

	for (i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		if (blob_is(algorithm, hashes[i].algorithm))
			return hashes[i].hash;
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
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t raw[2048];
	size_t n = sizeof(raw);
	int ret = -1;

	if (ctx &&
	    EVP_DigestSignInit_ex(
		ctx, NULL, hash_of(algorithm), NULL, NULL, k->pkey, NULL) > 0 &&
	    EVP_DigestSign(ctx, raw, &n, data->p, data->n) > 0)
		ret = EVP_PKEY_get_base_id(k->pkey) == EVP_PKEY_EC
		    ? put_ecdsa_signature(signature, raw, n)
		    : buf_append(signature, raw, n);
	EVP_MD_CTX_free(ctx);
	if (ret)
		return fault_set(f, FAULT_AUTH, 0, "libcrypto does not sign");
	return 0;
}
