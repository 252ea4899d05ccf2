#include "fleet/lines.h"

#include <string.h>

void
lines_init(struct lines *l)
{
	buf_init(&l->part, LINES_MAX);
}

void
lines_release(struct lines *l)
{
	buf_release(&l->part);
}

/* What is held, and n bytes behind it, as a line. */
static void
put_line(struct lines *l, const char *prefix, const char *bytes, size_t n,
    struct buf *out)
{
	buf_puts(out, prefix);
	buf_append(out, buf_str(&l->part), l->part.len);
	buf_append(out, bytes, n);
	buf_putc(out, '\n');
	buf_clear(&l->part);
}

/* Puts lines until the n bytes, without a newline among them, fit behind what
 * is held.  Returns how many were put: a full line waits, for it may end. */
static size_t
cut(struct lines *l, const char *prefix, const char *bytes, size_t n,
    struct buf *out)
{
	size_t done = 0;

	while (n - done > LINES_MAX - l->part.len) {
		size_t step = LINES_MAX - l->part.len;

		put_line(l, prefix, bytes + done, step, out);
		done += step;
	}
	return done;
}

void
lines_feed(struct lines *l, const char *prefix, const char *bytes, size_t n,
    struct buf *out)
{
	while (n > 0) {
		const char *end = memchr(bytes, '\n', n);
		size_t len = end ? (size_t)(end - bytes) : n;
		size_t done = cut(l, prefix, bytes, len, out);

		if (end)
			put_line(l, prefix, bytes + done, len - done, out);
		else
			buf_append(&l->part, bytes + done, len - done);
		len += end != NULL;
		bytes += len;
		n -= len;
	}
}

void
lines_end(struct lines *l, const char *prefix, struct buf *out)
{
	if (l->part.len)
		put_line(l, prefix, NULL, 0, out);
}
