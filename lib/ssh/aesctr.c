/*
 * A built-in provider of libcrypto (provider-base(7), provider-cipher(7)),
 * which hands the work itself on to the cipher that was there before.
 */
#include "ssh/aesctr.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <stdint.h>
#include <string.h>

enum {
	CTR_BLOCK = 16,
	CTR_KEY = 16,
	CTR_AHEAD = 1024 /* bytes of key stream, a multiple of the block */
};

struct ctr {
	EVP_CIPHER_CTX *cipher; /* makes the key stream */
	size_t at; /* what is used of it */
	uint8_t stream[CTR_AHEAD];
};

/* The cipher that was there before. */
static EVP_CIPHER *real;

static OSSL_PROVIDER *ours; /* once it is in force */

static void *
ctr_new(void *provider)
{
	struct ctr *c = OPENSSL_zalloc(sizeof(*c));

	(void)provider;
	if (!c)
		return NULL;
	c->at = CTR_AHEAD;
	c->cipher = EVP_CIPHER_CTX_new();
	if (c->cipher && EVP_EncryptInit_ex2(c->cipher, real, NULL, NULL, NULL))
		return c;
	EVP_CIPHER_CTX_free(c->cipher);
	OPENSSL_free(c);
	return NULL;
}

static void
ctr_free(void *context)
{
	struct ctr *c = context;

	EVP_CIPHER_CTX_free(c->cipher);
	OPENSSL_clear_free(c, sizeof(*c));
}

/* Both directions are the same. */
static int /* NOLINTNEXTLINE(readability-function-size): libcrypto's type */
ctr_init(void *context, const unsigned char *key, size_t key_size,
    const unsigned char *iv, size_t iv_size, const OSSL_PARAM params[])
{
	struct ctr *c = context;

	(void)params;
	if ((key && key_size != CTR_KEY) || (iv && iv_size != CTR_BLOCK))
		return 0;
	c->at = CTR_AHEAD;
	return EVP_EncryptInit_ex2(c->cipher, NULL, key, iv, NULL);
}

/* Makes the next of the key stream. */
static int
run_ahead(struct ctr *c)
{
	static const uint8_t zeros[CTR_AHEAD];
	int n;

	c->at = 0;
	return EVP_EncryptUpdate(c->cipher, c->stream, &n, zeros, CTR_AHEAD);
}

/* One block, as two words. */
static void
apply_block(uint8_t *out, const uint8_t *in, const uint8_t *stream)
{
	uint64_t a[2], b[2];

	memcpy(a, in, CTR_BLOCK);
	memcpy(b, stream, CTR_BLOCK);
	a[0] ^= b[0];
	a[1] ^= b[1];
	memcpy(out, a, CTR_BLOCK);
}

static int
ctr_apply(void *context, unsigned char *out, size_t *n_out, size_t room,
    const unsigned char *in, size_t n)
{
	struct ctr *c = context;
	size_t i;

	if (room < n)
		return 0;
	*n_out = n;
	if (n == CTR_BLOCK && c->at <= CTR_AHEAD - CTR_BLOCK) {
		apply_block(out, in, c->stream + c->at);
		c->at += CTR_BLOCK;
		return 1;
	}
	for (i = 0; i < n; i++) {
		if (c->at == CTR_AHEAD && !run_ahead(c))
			return 0;
		out[i] = in[i] ^ c->stream[c->at++];
	}
	return 1;
}

static int
ctr_final(void *context, unsigned char *out, size_t *n_out, size_t room)
{
	(void)context;
	(void)out;
	(void)room;
	*n_out = 0;
	return 1;
}

static int
set_size(OSSL_PARAM *params, const char *name, size_t value)
{
	OSSL_PARAM *p = OSSL_PARAM_locate(params, name);

	return !p || OSSL_PARAM_set_size_t(p, value);
}

static int
ctr_params(OSSL_PARAM *params)
{
	OSSL_PARAM *p = OSSL_PARAM_locate(params, OSSL_CIPHER_PARAM_MODE);

	return set_size(params, OSSL_CIPHER_PARAM_KEYLEN, CTR_KEY) &&
	    set_size(params, OSSL_CIPHER_PARAM_IVLEN, CTR_BLOCK) &&
	    set_size(params, OSSL_CIPHER_PARAM_BLOCK_SIZE, 1) &&
	    (!p || OSSL_PARAM_set_uint(p, EVP_CIPH_CTR_MODE));
}

static int
context_params(void *context, OSSL_PARAM *params)
{
	(void)context;
	return ctr_params(params);
}

/* There is nothing that could be set. */
static int
no_params(void *context, const OSSL_PARAM *params)
{
	(void)context;
	(void)params;
	return 1;
}

static const OSSL_ALGORITHM *
find_operation(void *provider, int operation, int *no_cache)
{
	static const OSSL_DISPATCH functions[] = {
	    {OSSL_FUNC_CIPHER_NEWCTX, (void (*)(void))ctr_new},
	    {OSSL_FUNC_CIPHER_FREECTX, (void (*)(void))ctr_free},
	    {OSSL_FUNC_CIPHER_ENCRYPT_INIT, (void (*)(void))ctr_init},
	    {OSSL_FUNC_CIPHER_DECRYPT_INIT, (void (*)(void))ctr_init},
	    {OSSL_FUNC_CIPHER_UPDATE, (void (*)(void))ctr_apply},
	    {OSSL_FUNC_CIPHER_CIPHER, (void (*)(void))ctr_apply},
	    {OSSL_FUNC_CIPHER_FINAL, (void (*)(void))ctr_final},
	    {OSSL_FUNC_CIPHER_GET_PARAMS, (void (*)(void))ctr_params},
	    {OSSL_FUNC_CIPHER_GET_CTX_PARAMS, (void (*)(void))context_params},
	    {OSSL_FUNC_CIPHER_SET_CTX_PARAMS, (void (*)(void))no_params},
	    {0, NULL}};
	static const OSSL_ALGORITHM ciphers[] = {
	    {"AES-128-CTR", "provider=" AESCTR_PROVIDER, functions, NULL},
	    {NULL, NULL, NULL, NULL}};

	(void)provider;
	*no_cache = 0;
	return operation == OSSL_OP_CIPHER ? ciphers : NULL;
}

static int
start_provider(const OSSL_CORE_HANDLE *core, const OSSL_DISPATCH *calls,
    const OSSL_DISPATCH **own, void **provider)
{
	static const OSSL_DISPATCH functions[] = {
	    {OSSL_FUNC_PROVIDER_QUERY_OPERATION,
		(void (*)(void))find_operation},
	    {0, NULL}};

	(void)calls;
	*own = functions;
	*provider = (void *)core;
	return 1;
}

void
aesctr_install(void)
{
	if (EVP_default_properties_is_fips_enabled(NULL) ||
	    !OSSL_PROVIDER_available(NULL, "default"))
		return;
	real = EVP_CIPHER_fetch(NULL, "AES-128-CTR", NULL);
	/* a provider that is loaded by hand keeps the default one from being
	 * loaded by itself */
	if (!real || !OSSL_PROVIDER_load(NULL, "default") ||
	    !OSSL_PROVIDER_add_builtin(NULL, AESCTR_PROVIDER, start_provider))
		return;
	ours = OSSL_PROVIDER_load(NULL, AESCTR_PROVIDER);
	if (ours)
		(void)EVP_set_default_properties(
		    NULL, "?provider=" AESCTR_PROVIDER);
}

bool
aesctr_is_installed(void)
{
	return ours != NULL;
}
