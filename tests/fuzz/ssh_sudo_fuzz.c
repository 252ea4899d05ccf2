/* The dialogue of sudo: bytes 1 and 2 stand for the prompt and the mark.
 * However it is split, it ends alike, is answered at most once, and behind the
 * mark not a byte is lost. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "ssh/sudo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX = 1 << 20 };

struct result {
	enum sudo_state state;
	int answers;
	struct buf output;
};

static void
play(struct sudo *s, const struct buf *text, size_t step, struct result *r)
{
	size_t at = 0, rest;

	*r = (struct result){.state = SUDO_WAITING};
	buf_init(&r->output, MAX);
	while (at < text->len) {
		size_t n = text->len - at < step ? text->len - at : step;

		r->state = sudo_feed(s, text->data + at, n, &rest);
		at += n;
		assert(rest <= n);
		assert(r->state == SUDO_STARTED || rest == 0);
		buf_append(&r->output, text->data + at - rest, rest);
		if (r->state == SUDO_ASKING) {
			r->answers++;
			sudo_answered(s);
			r->state = s->state;
		}
	}
}

static void
check(const struct sudo *s, const struct buf *text, const struct result *r)
{
	const char *mark = text->len
	    ? memmem(text->data, text->len, s->mark, strlen(s->mark))
	    : NULL;
	struct buf words;
	size_t left;

	assert(r->answers <= 1);
	assert((mark != NULL) == (r->state == SUDO_STARTED));
	if (mark) {
		mark += strlen(s->mark);
		left = (size_t)(text->data + text->len - mark);
		assert(r->output.len == left);
		assert(!left || !memcmp(r->output.data, mark, left));
	}
	buf_init(&words, 800);
	sudo_words(s, &words);
	assert(!strstr(buf_str(&words), s->prompt));
	buf_release(&words);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t steps[] = {MAX, 1, 13, 32768};
	struct buf text;
	struct sudo s;
	size_t i, j;

	buf_init(&text, MAX);
	for (i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		struct result r;

		sudo_init(&s, false);
		buf_clear(&text);
		for (j = 0; j < size && j < 4096; j++) {
			if (data[j] == 1)
				buf_puts(&text, s.prompt);
			else if (data[j] == 2)
				buf_puts(&text, s.mark);
			else
				buf_putc(&text, (char)data[j]);
		}
		play(&s, &text, steps[i], &r);
		check(&s, &text, &r);
		buf_release(&r.output);
		sudo_release(&s);
	}
	buf_release(&text);
	return 0;
}
