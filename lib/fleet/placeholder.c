#include "fleet/placeholder.h"

#include <string.h>

bool
placeholder_in(const char *text)
{
	for (; (text = strchr(text, '%')); text += 1 + (text[1] == '%')) {
		if (text[1] && strchr("hupn", text[1]))
			return true;
	}
	return false;
}

static void
put_value(struct buf *to, char letter, const struct placeholder_values *v)
{
	switch (letter) {
	case 'h':
		buf_puts(to, v->host);
		break;
	case 'u':
		buf_puts(to, v->user);
		break;
	case 'p':
		buf_printf(to, "%d", v->port);
		break;
	case 'n':
		buf_printf(to, "%zu", v->number);
		break;
	default:
		buf_putc(to, '%');
		break;
	}
}

void
placeholder_expand(
    struct buf *to, const char *text, const struct placeholder_values *values)
{
	while (*text) {
		size_t n = strcspn(text, "%");

		buf_append(to, text, n);
		text += n;
		if (!*text)
			return;
		put_value(to, text[1], values);
		text += text[1] && strchr("hupn%", text[1]) ? 2 : 1;
	}
}
