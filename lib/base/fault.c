#include "base/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/quote.h"

enum { FAULT_TEXT_MAX = 2048 }; /* more than a fault holds */

static void
fault_store(struct fault *f, const struct buf *text)
{
	struct buf safe;
	size_t n;

	buf_init(&safe, sizeof(f->text) - 1);
	quote_printable(&safe, buf_str(text), text->len);
	n = safe.len;
	memcpy(f->text, buf_str(&safe), n);
	f->text[n] = '\0';
	buf_release(&safe);
}

/* The text that format makes, and behind it ": " and the second one. */
static void __attribute__((format(printf, 2, 0)))
fault_join(struct fault *f, const char *format, va_list ap, const char *more)
{
	struct buf text;
	char *to;
	int n;

	/* a text that is too long is cut: its beginning says most */
	buf_init(&text, 2 * FAULT_TEXT_MAX);
	to = buf_room(&text, FAULT_TEXT_MAX);
	n = vsnprintf(to, FAULT_TEXT_MAX, format, ap);
	if (n > 0)
		buf_grow(
		    &text, n < FAULT_TEXT_MAX ? (size_t)n : FAULT_TEXT_MAX - 1);
	if (more)
		buf_printf(&text, ": %s", more);
	fault_store(f, &text);
	buf_release(&text);
}

int
fault_set(
    struct fault *f, enum fault_class class, int error, const char *format, ...)
{
	va_list ap;

	f->class = class;
	f->error = error;
	f->shown[0] = '\0';
	va_start(ap, format);
	fault_join(f, format, ap, error ? strerror(error) : NULL);
	va_end(ap);
	return -1;
}

int
fault_prefix(struct fault *f, const char *format, ...)
{
	char *before = mem_strdup(f->text);
	va_list ap;

	va_start(ap, format);
	fault_join(f, format, ap, before);
	va_end(ap);
	mem_free(before);
	return -1;
}

int
fault_show(struct fault *f, const char *text, size_t at)
{
	enum { BEFORE = 40, WINDOW = 72 };
	size_t start = at > BEFORE ? at - BEFORE : 0, i;
	size_t n = strnlen(text + start, WINDOW);
	struct buf safe;

	buf_init(&safe, sizeof(f->shown) - 1);
	quote_printable(&safe, text + start, at - start);
	for (f->caret = 0, i = 0; i < safe.len; i++)
		f->caret += ((unsigned char)safe.data[i] & 0xc0) != 0x80;
	if (n > at - start)
		quote_printable(&safe, text + at, n - (at - start));
	memcpy(f->shown, buf_str(&safe), safe.len + 1);
	buf_release(&safe);
	return -1;
}

void
fault_clear(struct fault *f)
{
	f->shown[0] = '\0';
	f->class = FAULT_NONE;
	f->error = 0;
	f->text[0] = '\0';
}

const char *fault_class_name(enum fault_class class)
{
	switch (class) {
	case FAULT_NONE:
		return "ok";
	case FAULT_USAGE:
		return "usage";
	case FAULT_SYSTEM:
		return "system";
	case FAULT_CONNECT:
		return "connect";
	case FAULT_HOSTKEY:
		return "hostkey";
	case FAULT_AUTH:
		return "auth";
	case FAULT_SUDO:
		return "sudo";
	case FAULT_SCOPE:
		return "scope";
	case FAULT_COPY:
		return "copy";
	case FAULT_LOST:
		return "lost";
	case FAULT_TIMEOUT:
		return "timeout";
	case FAULT_CANCELLED:
		return "cancelled";
	}
	return "unknown";
}
