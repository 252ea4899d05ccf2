#include "ssh/certificate.h"

#include <string.h>

static const char suffix[] = "-cert-v01@openssh.com";

enum { SUFFIX = sizeof(suffix) - 1 };

static bool
has_suffix(const struct blob *name)
{
	return name->n > SUFFIX &&
	    !memcmp(name->p + name->n - SUFFIX, suffix, SUFFIX);
}

void
certificate_plain(struct blob *name)
{
	if (has_suffix(name))
		name->n -= SUFFIX;
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
