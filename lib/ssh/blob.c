#include "ssh/blob.h"

#include <string.h>

int
blob_get_u8(struct blob *b, uint8_t *value)
{
	if (b->n < 1)
		return -1;
	*value = b->p[0];
	b->p++;
	b->n--;
	return 0;
}

int
blob_get_u32(struct blob *b, uint32_t *value)
{
	if (b->n < 4)
		return -1;
	*value = (uint32_t)b->p[0] << 24 | (uint32_t)b->p[1] << 16 |
	    (uint32_t)b->p[2] << 8 | b->p[3];
	b->p += 4;
	b->n -= 4;
	return 0;
}

int
blob_get_string(struct blob *b, struct blob *value)
{
	struct blob rest = *b;
	uint32_t n;

	if (blob_get_u32(&rest, &n) || n > rest.n)
		return -1;
	*value = (struct blob){.p = rest.p, .n = n};
	b->p = rest.p + n;
	b->n = rest.n - n;
	return 0;
}

int
blob_get_text(struct blob *b, struct blob *value)
{
	struct blob rest = *b;

	if (blob_get_string(&rest, value))
		return -1;
	if (value->n && memchr(value->p, '\0', value->n))
		return -1;
	*b = rest;
	return 0;
}

bool
blob_is(const struct blob *b, const char *text)
{
	return strlen(text) == b->n && (b->n == 0 || !memcmp(b->p, text, b->n));
}

bool
blob_same(const struct blob *a, const struct blob *b)
{
	return a->n && a->n == b->n && !memcmp(a->p, b->p, a->n);
}

struct blob
blob_type(struct blob key)
{
	struct blob type = {NULL, 0};

	(void)blob_get_string(&key, &type);
	return type;
}

int
blob_put_u8(struct buf *to, uint8_t value)
{
	return buf_append(to, &value, 1);
}

int
blob_put_u32(struct buf *to, uint32_t value)
{
	uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16),
	    (uint8_t)(value >> 8), (uint8_t)value};

	return buf_append(to, bytes, sizeof(bytes));
}

int
blob_put_string(struct buf *to, const void *bytes, size_t n)
{
	if (blob_put_u32(to, (uint32_t)n))
		return -1;
	return buf_append(to, bytes, n);
}

int
blob_put_text(struct buf *to, const char *text)
{
	return blob_put_string(to, text, strlen(text));
}

int
blob_put_mpint(struct buf *to, const uint8_t *bytes, size_t n)
{
	bool pad;

	while (n > 0 && bytes[0] == 0) {
		bytes++;
		n--;
	}
	pad = n > 0 && (bytes[0] & 0x80);
	if (blob_put_u32(to, (uint32_t)(n + pad)))
		return -1;
	if (pad && blob_put_u8(to, 0))
		return -1;
	return buf_append(to, bytes, n);
}
