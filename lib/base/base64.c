#include "base/base64.h"

#include <stdint.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			       "abcdefghijklmnopqrstuvwxyz0123456789+/";

int
base64_encode(struct buf *to, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	char *out = buf_room(to, (n + 2) / 3 * 4);
	size_t i;

	if (!out)
		return -1;
	for (i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16;

		if (i + 1 < n)
			v |= (uint32_t)p[i + 1] << 8;
		if (i + 2 < n)
			v |= p[i + 2];
		*out++ = alphabet[v >> 18];
		*out++ = alphabet[v >> 12 & 63];
		*out++ = i + 1 < n ? alphabet[v >> 6 & 63] : '=';
		*out++ = i + 2 < n ? alphabet[v & 63] : '=';
	}
	buf_grow(to, (n + 2) / 3 * 4);
	return 0;
}

static int
digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

int
base64_decode(struct buf *to, const char *text, size_t n)
{
	size_t padding = 0, i, len;
	uint32_t v = 0;
	char *out;

	if (n % 4)
		return -1;
	while (padding < 2 && padding < n && text[n - 1 - padding] == '=')
		padding++;
	len = n / 4 * 3 - padding;
	out = buf_room(to, n / 4 * 3);
	if (!out)
		return -1;
	for (i = 0; i < n; i++) {
		int d = i < n - padding ? digit(text[i]) : 0;

		if (d < 0) {
			buf_grow(to, 0);
			return -1;
		}
		v = v << 6 | (uint32_t)d;
		if (i % 4 == 3) {
			*out++ = (char)(uint8_t)(v >> 16);
			*out++ = (char)(uint8_t)(v >> 8);
			*out++ = (char)(uint8_t)v;
			v = 0;
		}
	}
	buf_grow(to, len);
	return 0;
}
