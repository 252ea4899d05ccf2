#include "ssh/keyfile.h"

#include <string.h>

#include "base/base64.h"
#include "base/secret.h"

static const char first_line[] = "-----BEGIN OPENSSH PRIVATE KEY-----";
static const char last_line[] = "-----END OPENSSH PRIVATE KEY-----";
static const char magic[] = "openssh-key-v1"; /* with its NUL */

int
keyfile_is_openssh(const char *text, size_t n)
{
	return n >= sizeof(first_line) &&
	    !memcmp(text, first_line, sizeof(first_line) - 1);
}

int
keyfile_base64(const char *text, size_t n, struct buf *raw)
{
	struct buf plain;
	size_t i;
	int ret = 0;

	/* all at once: growing would leave copies of a key behind */
	buf_init(&plain, n);
	buf_room(&plain, n);
	for (i = 0; i < n; i++) {
		if (!text[i] || !strchr("\n\r \t", text[i]))
			ret |= buf_putc(&plain, text[i]);
	}
	ret |= base64_decode(raw, buf_str(&plain), plain.len);
	if (plain.len)
		secret_wipe(plain.data, plain.len);
	buf_release(&plain);
	return ret;
}

static int
take_fields(struct blob *b, struct keyfile *file)
{
	uint32_t keys;

	if (b->n < sizeof(magic) || memcmp(b->p, magic, sizeof(magic)))
		return -1;
	b->p += sizeof(magic);
	b->n -= sizeof(magic);
	if (blob_get_string(b, &file->cipher) ||
	    blob_get_string(b, &file->kdf) ||
	    blob_get_string(b, &file->kdf_options) || blob_get_u32(b, &keys) ||
	    keys != 1)
		return -1;
	if (blob_get_string(b, &file->public))
		return -1;
	if (blob_get_string(b, &file->private))
		return -1;
	file->tag = *b;
	return 0;
}

int
keyfile_parse(const char *text, size_t n, struct buf *raw, struct keyfile *file)
{
	const char *end;
	struct blob b;

	if (!keyfile_is_openssh(text, n))
		return -1;
	text += sizeof(first_line) - 1;
	n -= sizeof(first_line) - 1;
	end = memmem(text, n, last_line, sizeof(last_line) - 1);
	if (!end || keyfile_base64(text, (size_t)(end - text), raw))
		return -1;
	b = (struct blob){(const uint8_t *)buf_str(raw), raw->len};
	return take_fields(&b, file);
}

int
keyfile_open_private(
    const struct blob *private, struct blob *type, struct blob *rest)
{
	uint32_t check1, check2;

	*rest = *private;
	if (blob_get_u32(rest, &check1) || blob_get_u32(rest, &check2) ||
	    check1 != check2)
		return -1;
	return blob_get_string(rest, type);
}
