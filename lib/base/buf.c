#include "base/buf.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){.max = max};
}

void
buf_release(struct buf *b)
{
	mem_free(b->data);
	buf_init(b, b->max);
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
	if (b->data)
		b->data[0] = '\0';
}

const char *
buf_str(const struct buf *b)
{
	return b->data ? b->data : "";
}

static void
allocate(struct buf *b, size_t want)
{
	size_t cap = b->cap < 64 ? 64 : b->cap;

	while (cap < want)
		cap *= 2;
	b->data = mem_realloc(b->data, cap);
	b->cap = cap;
	b->data[b->len] = '\0';
}

char *
buf_room(struct buf *b, size_t n)
{
	if (n > b->max - b->len)
		return NULL;
	if (b->len + n + 1 > b->cap)
		allocate(b, b->len + n + 1);
	return b->data + b->len;
}

void
buf_grow(struct buf *b, size_t n)
{
	assert(b->len + n < b->cap);
	b->len += n;
	b->data[b->len] = '\0';
}

int
buf_append(struct buf *b, const void *bytes, size_t n)
{
	char *to = buf_room(b, n);

	if (!to)
		return -1;
	if (n)
		memcpy(to, bytes, n);
	buf_grow(b, n);
	return 0;
}

int
buf_puts(struct buf *b, const char *text)
{
	return buf_append(b, text, strlen(text));
}

int
buf_putc(struct buf *b, char c)
{
	char *to = buf_room(b, 1);

	if (!to)
		return -1;
	*to = c;
	buf_grow(b, 1);
	return 0;
}

int
buf_vprintf(struct buf *b, const char *format, va_list ap)
{
	va_list again;
	char *to;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (n < 0)
		return -1;
	to = buf_room(b, (size_t)n);
	if (!to)
		return -1;
	vsnprintf(to, (size_t)n + 1, format, ap);
	buf_grow(b, (size_t)n);
	return 0;
}

int
buf_printf(struct buf *b, const char *format, ...)
{
	va_list ap;
	int ret;

	va_start(ap, format);
	ret = buf_vprintf(b, format, ap);
	va_end(ap);
	return ret;
}

void
buf_consume(struct buf *b, size_t n)
{
	if (n >= b->len) {
		buf_clear(b);
		return;
	}
	memmove(b->data, b->data + n, b->len - n + 1);
	b->len -= n;
}

char *
buf_steal(struct buf *b)
{
	char *text = b->data ? b->data : mem_strdup("");

	buf_init(b, b->max);
	return text;
}
