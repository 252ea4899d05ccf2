/* The fields of private keys, behind their base64: any numbers may stand
 * there, and signing with what they make must end. */
#include <stdint.h>
#include <string.h>

#include "base/base64.h"
#include "ssh/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const types[] = {"ssh-ed25519", "ssh-rsa",
    "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"};
enum { TYPES = sizeof(types) / sizeof(*types), MAX = 65536 };

static void
put_file(struct buf *text, const char *type, const uint8_t *fields, size_t n)
{
	struct buf raw, private;

	buf_init(&raw, MAX);
	buf_init(&private, MAX);
	buf_append(&private, "abcdabcd", 8);
	blob_put_text(&private, type);
	buf_append(&private, fields, n);
	buf_append(&raw, "openssh-key-v1", 15);
	blob_put_text(&raw, "none");
	blob_put_text(&raw, "none");
	blob_put_text(&raw, "");
	blob_put_u32(&raw, 1);
	blob_put_text(&raw, "public");
	blob_put_string(&raw, private.data, private.len);
	buf_puts(text, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
	base64_encode(text, raw.data, raw.len);
	buf_puts(text, "\n-----END OPENSSH PRIVATE KEY-----\n");
	buf_release(&raw);
	buf_release(&private);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text, signature;
	struct fault f = {0};
	struct blob algorithm, message = {data, size};
	const char *type;
	struct key *k;
	int encrypted;

	/* larger numbers only take longer */
	if (size < 1 || size > 2048)
		return 0;
	type = types[data[0] % TYPES];
	algorithm = (struct blob){
	    (const uint8_t *)(data[0] % TYPES == 1 ? "rsa-sha2-256" : type),
	    data[0] % TYPES == 1 ? 12 : strlen(type)};
	buf_init(&text, MAX);
	buf_init(&signature, MAX);
	put_file(&text, type, data + 1, size - 1);
	k = key_parse(text.data, text.len, NULL, &encrypted, &f);
	if (k)
		(void)key_sign(k, &algorithm, &message, &signature, &f);
	key_free(k);
	buf_release(&text);
	buf_release(&signature);
	return 0;
}
