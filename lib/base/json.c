#include "base/json.h"

#include <string.h>

#include "base/quote.h"

void
json_escape(struct buf *to, const char *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '"' || c == '\\')
			buf_printf(to, "\\%c", c);
		else if (c == '\n')
			buf_puts(to, "\\n");
		else if (c == '\t')
			buf_puts(to, "\\t");
		else if (c == '\r')
			buf_puts(to, "\\r");
		else if (c < 0x20 || c == 0x7f)
			buf_printf(to, "\\u%04x", c);
		else
			buf_putc(to, (char)c);
	}
}

void
json_string(struct buf *to, const char *text)
{
	size_t n = text ? strlen(text) : 0, i, len;

	if (!text) {
		buf_puts(to, "null");
		return;
	}
	buf_putc(to, '"');
	for (i = 0; i < n; i += len ? len : 1) {
		len = quote_utf8_len(text + i, n - i);
		if (len)
			json_escape(to, text + i, len);
		else
			buf_puts(to, "\\ufffd");
	}
	buf_putc(to, '"');
}

/* How long a sequence is that begins with this byte, or 0. */
static size_t
sequence_len(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Completes the sequence that the last piece ended in.  Returns how many
 * bytes that took. */
static size_t
complete(struct json_check *c, const char *bytes, size_t n)
{
	size_t len = sequence_len((unsigned char)c->part[0]), used = 0;

	while (c->n < len && used < n)
		c->part[c->n++] = bytes[used++];
	if (c->n < len)
		return used;
	c->bad |= quote_utf8_len(c->part, len) != len;
	c->n = 0;
	return used;
}

void
json_check_feed(struct json_check *c, const char *bytes, size_t n)
{
	size_t i = c->n ? complete(c, bytes, n) : 0;

	while (i < n && !c->bad) {
		size_t len = sequence_len((unsigned char)bytes[i]);

		if (len > n - i) {
			memcpy(c->part, bytes + i, n - i);
			c->n = n - i;
			return;
		}
		if (len != 1 && quote_utf8_len(bytes + i, n - i) != len)
			c->bad = true;
		c->bad |= len == 0;
		i += len;
	}
}

bool
json_check_end(const struct json_check *c)
{
	return !c->bad && !c->n;
}
