#include "base/sha1.h"

#include <assert.h>
#include <string.h>

static uint32_t
rotate(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

static uint32_t
load(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

/* Word i of the schedule, which needs no more than the last 16. */
#define NEXT(i)                                                                \
	(w[(i)&15] = rotate(w[((i) + 13) & 15] ^ w[((i) + 8) & 15] ^           \
		 w[((i) + 2) & 15] ^ w[(i)&15],                                \
	     1))

/* One round; five of them bring every variable back to its name, so that
 * nothing has to be moved. */
#define ROUND(a, b, c, d, e, f, constant, word)                                \
	do {                                                                   \
		(e) += rotate(a, 5) + (f) + (constant) + (word);               \
		(b) = rotate(b, 30);                                           \
	} while (0)
#define FIVE(F, constant, W, i)                                                \
	ROUND(a, b, c, d, e, F(b, c, d), constant, W(i));                      \
	ROUND(e, a, b, c, d, F(a, b, c), constant, W((i) + 1));                \
	ROUND(d, e, a, b, c, F(e, a, b), constant, W((i) + 2));                \
	ROUND(c, d, e, a, b, F(d, e, a), constant, W((i) + 3));                \
	ROUND(b, c, d, e, a, F(c, d, e), constant, W((i) + 4))
#define TWENTY(F, constant, W, i)                                              \
	FIVE(F, constant, W, i);                                               \
	FIVE(F, constant, W, (i) + 5);                                         \
	FIVE(F, constant, W, (i) + 10);                                        \
	FIVE(F, constant, W, (i) + 15)

#define WORD(i) ((i) < 16 ? w[(i)&15] : NEXT(i))
#define CHOOSE(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define PARITY(x, y, z) ((x) ^ (y) ^ (z))
#define MAJORITY(x, y, z) (((x) & (y)) | ((z) & ((x) | (y))))

static void
compress(uint32_t state[5], const uint8_t *block)
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], w[16];
	int i;

	for (i = 0; i < 16; i++)
		w[i] = load(block + 4 * i);
	TWENTY(CHOOSE, 0x5a827999, WORD, 0);
	TWENTY(PARITY, 0x6ed9eba1, NEXT, 20);
	TWENTY(MAJORITY, 0x8f1bbcdc, NEXT, 40);
	TWENTY(PARITY, 0xca62c1d6, NEXT, 60);
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
