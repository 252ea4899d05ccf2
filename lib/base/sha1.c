#include "base/sha1.h"

#include <assert.h>
#include <string.h>

static uint32_t
rotate(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

static void
schedule(uint32_t w[80], const uint8_t *block)
{
	int i;

	for (i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 |
		    (uint32_t)block[4 * i + 1] << 16 |
		    (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (; i < 80; i++)
		w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
}

/* Twenty rounds: v holds a to e, f is the quarter's function. */
#define ROUNDS(from, constant, f)                                              \
	for (i = (from); i < (from) + 20; i++) {                               \
		t = rotate(a, 5) + (f) + e + (constant) + w[i];                \
		e = d;                                                         \
		d = c;                                                         \
		c = rotate(b, 30);                                             \
		b = a;                                                         \
		a = t;                                                         \
	}

static void
compress(uint32_t state[5], const uint8_t *block)
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], t, w[80];
	int i;

	schedule(w, block);
	ROUNDS(0, 0x5a827999, (b & c) | (~b & d))
	ROUNDS(20, 0x6ed9eba1, b ^ c ^ d)
	ROUNDS(40, 0x8f1bbcdc, (b & c) | (b & d) | (c & d))
	ROUNDS(60, 0xca62c1d6, b ^ c ^ d)
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
}

static void
start(uint32_t state[5])
{
	static const uint32_t initial[5] = {
	    0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};

	memcpy(state, initial, sizeof(initial));
}

/* Hashes n last bytes behind `before` bytes that the state has seen. */
static void
finish(uint32_t state[5], const uint8_t *bytes, size_t n, size_t before,
    uint8_t digest[SHA1_LEN])
{
	uint64_t bits = 8 * ((uint64_t)n + before);
	uint8_t block[SHA1_BLOCK];
	int i;

	for (; n >= SHA1_BLOCK; n -= SHA1_BLOCK, bytes += SHA1_BLOCK)
		compress(state, bytes);
	memset(block, 0, sizeof(block));
	if (n)
		memcpy(block, bytes, n);
	block[n] = 0x80;
	if (n >= SHA1_BLOCK - 8) {
		compress(state, block);
		memset(block, 0, sizeof(block));
	}
	for (i = 0; i < 8; i++)
		block[SHA1_BLOCK - 1 - i] = (uint8_t)(bits >> 8 * i);
	compress(state, block);
	for (i = 0; i < SHA1_LEN; i++)
		digest[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
}

void
sha1(const void *bytes, size_t n, uint8_t digest[SHA1_LEN])
{
	uint32_t state[5];

	start(state);
	finish(state, bytes, n, 0, digest);
}

static void
key_state(uint32_t state[5], const uint8_t *key, size_t n, uint8_t pad)
{
	uint8_t block[SHA1_BLOCK];
	size_t i;

	memset(block, pad, sizeof(block));
	for (i = 0; i < n; i++)
		block[i] ^= key[i];
	start(state);
	compress(state, block);
}

void
sha1_key_init(struct sha1_key *k, const void *key, size_t n)
{
	assert(n <= SHA1_BLOCK);
	key_state(k->inner, key, n, 0x36);
	key_state(k->outer, key, n, 0x5c);
}

void
sha1_hmac(const struct sha1_key *k, const void *bytes, size_t n,
    uint8_t digest[SHA1_LEN])
{
	uint32_t state[5];

	memcpy(state, k->inner, sizeof(state));
	finish(state, bytes, n, SHA1_BLOCK, digest);
	memcpy(state, k->outer, sizeof(state));
	finish(state, digest, SHA1_LEN, SHA1_BLOCK, digest);
}
