#include "ssh/certificate.h"

#include <string.h>

static const char suffix[] = "-cert-v01@openssh.com";

enum { SUFFIX = sizeof(suffix) - 1 };

/* Of these, the plain name is no part of the certificate's. */
static const struct token {
	const char *certificate;
	const char *plain;
} tokens[] = {
    {"sk-ssh-ed25519-cert-v01@openssh.com", "sk-ssh-ed25519@openssh.com"},
    {"sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
	"sk-ecdsa-sha2-nistp256@openssh.com"},
};

enum { TOKENS = sizeof(tokens) / sizeof(tokens[0]) };

static bool
has_suffix(const struct blob *name)
{
	return name->n > SUFFIX &&
	    !memcmp(name->p + name->n - SUFFIX, suffix, SUFFIX);
}

void
certificate_plain(struct blob *name)
{
	size_t i;

	for (i = 0; i < TOKENS; i++) {
		if (blob_is(name, tokens[i].certificate)) {
			name->p = (const uint8_t *)tokens[i].plain;
			name->n = strlen(tokens[i].plain);
			return;
		}
	}
	if (has_suffix(name))
		name->n -= SUFFIX;
}

bool
certificate_is_token(const struct blob *name)
{
	struct blob plain = *name;
	size_t i;

	certificate_plain(&plain);
	for (i = 0; i < TOKENS && !blob_is(&plain, tokens[i].plain); i++)
		continue;
	return i < TOKENS;
}

bool
certificate_is(const struct blob *key)
{
	struct blob b = *key, type;

	return !blob_get_string(&b, &type) && has_suffix(&type);
}

/* A certificate is: string type, string nonce, the fields of the key behind
 * its type, and more. */
bool
certificate_is_of(const struct blob *certificate, const struct blob *key)
{
	struct blob c = *certificate, k = *key, type, nonce, plain;

	if (blob_get_string(&c, &type) || blob_get_string(&c, &nonce) ||
	    blob_get_string(&k, &plain) || !has_suffix(&type))
		return false;
	certificate_plain(&type);
	return type.n == plain.n && !memcmp(type.p, plain.p, type.n) &&
	    k.n > 0 && c.n >= k.n && !memcmp(c.p, k.p, k.n);
}
