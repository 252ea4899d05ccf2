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

static void
keep_part(struct lines *l, const char *prefix, const char *bytes, size_t n,
    struct buf *out)
{
	while (n > 0) {
		size_t room = LINES_MAX - l->part.len;
		size_t step = n < room ? n : room;

		buf_append(&l->part, bytes, step);
		bytes += step;
		n -= step;
		if (l->part.len == LINES_MAX)
			put_line(l, prefix, NULL, 0, out);
	}
}

void
lines_feed(struct lines *l, const char *prefix, const char *bytes, size_t n,
    struct buf *out)
{
	const char *end;

	while (n > 0 && (end = memchr(bytes, '\n', n))) {
		size_t len = (size_t)(end - bytes);

		put_line(l, prefix, bytes, len, out);
		bytes += len + 1;
		n -= len + 1;
	}
	keep_part(l, prefix, bytes, n, out);
}

void
lines_end(struct lines *l, const char *prefix, struct buf *out)
{
	if (l->part.len)
		put_line(l, prefix, NULL, 0, out);
}
