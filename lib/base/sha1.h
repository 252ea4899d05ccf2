/*
 * SHA-1 (FIPS 180-4) and its HMAC (RFC 2104), for what ssh's files hold: the
 * hashed names of known_hosts, the token %C.  Nothing here needs SHA-1 to be
 * strong.
 */
#ifndef BASE_SHA1_H
#define BASE_SHA1_H

#include <stddef.h>
#include <stdint.h>

enum {
	SHA1_LEN = 20, /* bytes of a digest */
	SHA1_BLOCK = 64 /* bytes of a block */
};

/* The digest of n bytes. */
void sha1(const void *bytes, size_t n, uint8_t digest[SHA1_LEN]);

/* An HMAC key of at most SHA1_BLOCK bytes, prepared, so that many messages
 * cost two blocks each instead of four. */
struct sha1_key {
	uint32_t inner[5], outer[5];
};

void sha1_key_init(struct sha1_key *k, const void *key, size_t n);

/* The HMAC of a message. */
void sha1_hmac(const struct sha1_key *k, const void *bytes, size_t n,
    uint8_t digest[SHA1_LEN]);

#endif
