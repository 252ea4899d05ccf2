#include "ssh/keyfields.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <string.h>

static const struct keyfields_curve curves[] = {
    {"ecdsa-sha2-nistp256", "nistp256", "prime256v1"},
    {"ecdsa-sha2-nistp384", "nistp384", "secp384r1"},
    {"ecdsa-sha2-nistp521", "nistp521", "secp521r1"},
};

enum { CURVES = sizeof(curves) / sizeof(curves[0]) };

const struct keyfields_curve *
keyfields_curve(const char *group)
{
	size_t i;

	for (i = 0; i < CURVES; i++) {
		if (strcmp(group, curves[i].group) == 0)
			return &curves[i];
	}
	return NULL;
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

EVP_PKEY *
keyfields_read(const struct blob *type, struct blob *fields)
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
