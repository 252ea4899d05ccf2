#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "ssh/bcrypt.h"
#include "ssh/blowfish.h"

/* Made with another implementation. */
static const struct {
	const char *passphrase, *salt;
	uint32_t rounds;
	size_t n;
	const char *key;
} rows[] = {
    {"password", "salt", 4, 32,
	"5bbf0cc293587f1c3635555c27796598d47e579071bf427e9d8fbe842aba34d9"},
    {"password", "salt", 8, 64,
	"e1367ec5151a33faac4cc1c144cd23fa15d5548493ecc99b9b5d9c0d3b27bec7"
	"6227ea66088b849b20ab7aa478010246e74bba51723fefa9f9474d6508845e8d"},
    {"pass phrase", "0123456789abcdef", 16, 48,
	"4f698f7ab4d3f7b6fbec8d4e2d7dbf047624c4d10f8f97a141aad75a4cc53059"
	"72feb93b789da07d073db0942c41b252"},
    {"x", "\x01", 1, 16, "a983986d0918bdc7505ca56f7c6e460a"},
    {"password", "salt", 42, 100,
	"834b35b13c4d197bf0bc9a20dc22de83f5be48bb6db9a004b653764656bd71b8"
	"0820727ee82f5b3bf0828a58dcca20820cce7d63e80bd0ac82a7516fbd2a2ae6"
	"44195d318af5385d6d70c6cb87fec64bf9de37a395f4f59fd88343a3bf03b03d"
	"b491c352"},
};

Test(ssh_bcrypt, keys_are_those_of_others)
{
	size_t i, j;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bcrypt_input in = {.passphrase = rows[i].passphrase,
		    .n_passphrase = strlen(rows[i].passphrase),
		    .salt = (const uint8_t *)rows[i].salt,
		    .n_salt = strlen(rows[i].salt),
		    .rounds = rows[i].rounds};
		uint8_t key[BCRYPT_KEY_MAX];
		char hex[2 * BCRYPT_KEY_MAX + 1];

		cr_assert_eq(bcrypt_pbkdf(&in, key, rows[i].n), 0);
		for (j = 0; j < rows[i].n; j++)
			snprintf(hex + 2 * j, 3, "%02x", key[j]);
		cr_expect_str_eq(hex, rows[i].key);
	}
}

Test(ssh_bcrypt, lengths_and_rounds_have_bounds)
{
	static const uint8_t salt[BCRYPT_SALT_MAX + 1] = {1};
	struct bcrypt_input good = {.passphrase = "p",
	    .n_passphrase = 1,
	    .salt = salt,
	    .n_salt = 16,
	    .rounds = 1};
	struct bcrypt_input bad[] = {good, good, good, good, good};
	uint8_t key[BCRYPT_KEY_MAX + 1];
	size_t i;

	bad[0].n_passphrase = 0;
	bad[1].n_salt = 0;
	bad[2].n_salt = sizeof(salt);
	bad[3].rounds = 0;
	bad[4].rounds = UINT32_MAX;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_eq(bcrypt_pbkdf(&bad[i], key, 32), -1, "%zu", i);
	cr_expect_eq(bcrypt_pbkdf(&good, key, 0), -1);
	cr_expect_eq(bcrypt_pbkdf(&good, key, sizeof(key)), -1);
	cr_expect_eq(bcrypt_pbkdf(&good, key, BCRYPT_KEY_MAX), 0);
}

/* The vectors that came with the cipher: the plain key schedule is the one of
 * bcrypt without a salt. */
Test(ssh_bcrypt, the_cipher_beneath_is_blowfish)
{
	static const struct {
		uint8_t key[8];
		uint32_t plain[2], cipher[2];
	} vectors[] = {
	    {{0}, {0, 0}, {0x4ef99745, 0x6198dd78}},
	    {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		{0xffffffff, 0xffffffff}, {0x51866fd5, 0xb85ecb8a}},
	    {{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef},
		{0x11111111, 0x11111111}, {0x61f9c380, 0x2281b096}},
	};
	size_t i;

	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		uint32_t left = vectors[i].plain[0];
		uint32_t right = vectors[i].plain[1];
		struct blowfish b;

		blowfish_init(&b);
		blowfish_expand(&b, NULL, 0, vectors[i].key, 8);
		blowfish_encrypt(&b, &left, &right);
		cr_expect_eq(left, vectors[i].cipher[0]);
		cr_expect_eq(right, vectors[i].cipher[1]);
	}
}
