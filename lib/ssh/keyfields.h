/*
 * The fields of a private key in OpenSSH's form, as libcrypto's key.
 */
#ifndef SSH_KEYFIELDS_H
#define SSH_KEYFIELDS_H

#include <openssl/evp.h>

#include "ssh/blob.h"

/* A curve of RFC 5656. */
struct keyfields_curve {
	const char *type; /* SSH's name of the key type */
	const char *curve; /* SSH's name of the curve */
	const char *group; /* libcrypto's */
};

/* The curve that libcrypto calls group, or NULL. */
const struct keyfields_curve *keyfields_curve(const char *group);

/* Reads the fields behind the type from the front of fields.  NULL when they
 * are malformed or the type is not one that we can use. */
EVP_PKEY *keyfields_read(const struct blob *type, struct blob *fields);

#endif
