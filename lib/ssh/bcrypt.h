/*
 * bcrypt_pbkdf: what OpenSSH makes an encryption key of a passphrase with
 * (PROTOCOL.key, OpenBSD's bcrypt_pbkdf(3)).  PBKDF2 (RFC 8018) with bcrypt in
 * the place of an HMAC, its output bytes dealt out in turns.
 */
#ifndef SSH_BCRYPT_H
#define SSH_BCRYPT_H

#include <stddef.h>
#include <stdint.h>

enum {
	BCRYPT_KEY_MAX = 256, /* bytes that are made */
	BCRYPT_SALT_MAX = 1024
};

/* The passphrase and the salt, bytes each. */
struct bcrypt_input {
	const void *passphrase;
	size_t n_passphrase;
	const uint8_t *salt;
	size_t n_salt;
	uint32_t rounds;
};

/* Fills key with n bytes.  -1 where a length or the rounds are 0 or too
 * many. */
int bcrypt_pbkdf(const struct bcrypt_input *in, uint8_t *key, size_t n);

#endif
