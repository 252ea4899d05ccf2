/*
 * Blowfish with the expensive key schedule of bcrypt (N. Provos, D. Mazieres,
 * "A Future-Adaptable Password Scheme", USENIX 1999).  For keys' passphrases
 * alone; libcrypto has the cipher, but not this schedule.
 */
#ifndef SSH_BLOWFISH_H
#define SSH_BLOWFISH_H

#include <stddef.h>
#include <stdint.h>

enum {
	BLOWFISH_ROUNDS = 16,
	BLOWFISH_SUBKEYS = BLOWFISH_ROUNDS + 2,
	BLOWFISH_BOX = 256,
	BLOWFISH_WORDS = BLOWFISH_SUBKEYS + 4 * BLOWFISH_BOX
};

struct blowfish {
	uint32_t subkeys[BLOWFISH_SUBKEYS];
	uint32_t boxes[4][BLOWFISH_BOX];
};

/* What it begins with: the digits of pi. */
extern const uint32_t blowfish_pi[BLOWFISH_WORDS];
void blowfish_init(struct blowfish *b);

/* ExpandKey of the paper; salt may be empty (n_salt 0).  Both are repeated to
 * the length needed. */
void blowfish_expand(struct blowfish *b, const uint8_t *salt, size_t n_salt,
    const uint8_t *key, size_t n_key);

/* Encrypts a block, its two halves. */
void blowfish_encrypt(
    const struct blowfish *b, uint32_t *left, uint32_t *right);

#endif
