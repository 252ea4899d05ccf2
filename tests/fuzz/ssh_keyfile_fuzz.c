/* Key files: the fields of an envelope lie within its bytes; a key that was
 * parsed signs, and one that was not has a reason. */
#include <assert.h>
#include <stdint.h>

#include "ssh/keyfile.h"
#include "ssh/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
within(const struct buf *raw, const struct blob *b)
{
	const uint8_t *start = (const uint8_t *)raw->data;

	assert(b->p >= start && b->p <= start + raw->len);
	assert(b->n <= (size_t)(start + raw->len - b->p));
}

static void
split(const char *text, size_t n)
{
	struct blob type, rest;
	struct keyfile file;
	struct buf raw;

	buf_init(&raw, 65536);
	if (!keyfile_parse(text, n, &raw, &file)) {
		within(&raw, &file.cipher);
		within(&raw, &file.kdf);
		within(&raw, &file.kdf_options);
		within(&raw, &file.public);
		within(&raw, &file.private);
		if (!keyfile_open_private(&file.private, &type, &rest)) {
			within(&raw, &type);
			within(&raw, &rest);
		}
	}
	buf_release(&raw);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct fault f = {0};
	struct key *k;
	int encrypted;

	split(text, size);
	k = key_parse(text, size, NULL, &encrypted, &f);
	assert(k || f.class == FAULT_AUTH);
	key_free(k);
	return 0;
}
