#include "base/quote.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static bool
is_bare(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || (c && strchr("_@+:,./-", c));
}

static bool
is_bare_word(const char *word)
{
	const char *p;

	for (p = word; *p; p++) {
		if (!is_bare(*p))
			return false;
	}
	return p != word;
}

int
quote_word(struct buf *to, const char *word)
{
	bool open = false;
	int ret = 0;

	if (is_bare_word(word))
		return buf_puts(to, word);
	if (!*word)
		return buf_puts(to, "''");
	for (; *word; word++) {
		bool outside = strchr("'\\!", *word) != NULL;

		if (outside == open) {
			ret |= buf_putc(to, '\'');
			open = !open;
		}
		if (outside)
			ret |= buf_putc(to, '\\');
		ret |= buf_putc(to, *word);
	}
	if (open)
		ret |= buf_putc(to, '\'');
	return ret;
}

int
quote_words(struct buf *to, const char *const *words, size_t n)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (i)
			ret |= buf_putc(to, ' ');
		ret |= quote_word(to, words[i]);
	}
	return ret;
}

/* The shape of a UTF-8 sequence by its first byte. */
static size_t
utf8_expect(uint8_t first, uint32_t *low, uint32_t *value)
{
	if (first >= 0xc2 && first <= 0xdf) {
		*low = 0x80;
		*value = first & 0x1fU;
		return 2;
	}
	if (first >= 0xe0 && first <= 0xef) {
		*low = 0x800;
		*value = first & 0x0fU;
		return 3;
	}
	if (first >= 0xf0 && first <= 0xf4) {
		*low = 0x10000;
		*value = first & 0x07U;
		return 4;
	}
	return 0;
}

size_t
quote_utf8_len(const char *bytes, size_t n)
{
	uint32_t low, value;
	size_t len, i;

	if (n == 0)
		return 0;
	if ((uint8_t)bytes[0] < 0x80)
		return 1;
	len = utf8_expect((uint8_t)bytes[0], &low, &value);
	if (len == 0 || len > n)
		return 0;
	for (i = 1; i < len; i++) {
		if (((uint8_t)bytes[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | ((uint8_t)bytes[i] & 0x3f);
	}
	if (value < low || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return 0;
	return len;
}

static bool
is_printable(const char *bytes, size_t len)
{
	uint8_t c = (uint8_t)bytes[0];

	if (len == 1)
		return c >= 0x20 && c != 0x7f;
	/* U+0080 to U+009F are controls */
	return !(len == 2 && c == 0xc2 && (uint8_t)bytes[1] < 0xa0);
}

void
quote_printable(struct buf *to, const char *bytes, size_t n)
{
	size_t i = 0;

	while (i < n) {
		size_t len = quote_utf8_len(bytes + i, n - i);
		int full;

		if (len && !is_printable(bytes + i, len))
			len = 0;
		if (bytes[i] == '\t')
			full = buf_putc(to, ' ');
		else if (len)
			full = buf_append(to, bytes + i, len);
		else
			full = buf_printf(to, "\\x%02x", (uint8_t)bytes[i]);
		if (full)
			return;
		i += len ? len : 1;
	}
}
