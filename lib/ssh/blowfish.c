#include "ssh/blowfish.h"

#include <string.h>

void
blowfish_init(struct blowfish *b)
{
	memcpy(b->subkeys, blowfish_pi, sizeof(b->subkeys));
	memcpy(b->boxes, blowfish_pi + BLOWFISH_SUBKEYS, sizeof(b->boxes));
}

static uint32_t
mix(const struct blowfish *b, uint32_t x)
{
	uint32_t sum = b->boxes[0][x >> 24] + b->boxes[1][x >> 16 & 0xff];

	return (sum ^ b->boxes[2][x >> 8 & 0xff]) + b->boxes[3][x & 0xff];
}

void
blowfish_encrypt(const struct blowfish *b, uint32_t *left, uint32_t *right)
{
	uint32_t l = *left, r = *right;
	int i;

	for (i = 0; i < BLOWFISH_ROUNDS; i += 2) {
		l ^= b->subkeys[i];
		r ^= mix(b, l);
		r ^= b->subkeys[i + 1];
		l ^= mix(b, r);
	}
	*left = r ^ b->subkeys[BLOWFISH_ROUNDS + 1];
	*right = l ^ b->subkeys[BLOWFISH_ROUNDS];
}

/* The next four bytes of a text that is repeated without end. */
static uint32_t
next_word(const uint8_t *bytes, size_t n, size_t *at)
{
	uint32_t word = 0;
	int i;

	for (i = 0; i < 4; i++) {
		word = word << 8 | bytes[*at];
		*at = (*at + 1) % n;
	}
	return word;
}

struct fill {
	struct blowfish *b;
	const uint8_t *salt;
	size_t n_salt, at;
	uint32_t left, right;
};

/* Replaces n words by what the cipher makes of itself and the salt. */
static void
fill(struct fill *f, uint32_t *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i += 2) {
		if (f->n_salt) {
			f->left ^= next_word(f->salt, f->n_salt, &f->at);
			f->right ^= next_word(f->salt, f->n_salt, &f->at);
		}
		blowfish_encrypt(f->b, &f->left, &f->right);
		words[i] = f->left;
		words[i + 1] = f->right;
	}
}

void
blowfish_expand(struct blowfish *b, const uint8_t *salt, size_t n_salt,
    const uint8_t *key, size_t n_key)
{
	struct fill f = {.b = b, .salt = salt, .n_salt = n_salt};
	size_t i, at = 0;

	for (i = 0; i < BLOWFISH_SUBKEYS; i++)
		b->subkeys[i] ^= next_word(key, n_key, &at);
	fill(&f, b->subkeys, BLOWFISH_SUBKEYS);
	for (i = 0; i < 4; i++)
		fill(&f, b->boxes[i], BLOWFISH_BOX);
}
