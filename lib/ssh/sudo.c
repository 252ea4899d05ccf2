#include "ssh/sudo.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "ssh/cmdline.h"

enum {
	SUDO_CHATTER_MAX = 64 * 1024,
	SUDO_CHATTER_KEEP = 32 * 1024,
	SUDO_LINES = 3,
	SUDO_LINE_ENDS = 120 /* bytes shown of both ends of a long line */
};

void
sudo_init(struct sudo *s, bool direct)
{
	char nonce[NONCE_LEN + 1];

	*s = (struct sudo){.state = SUDO_WAITING, .direct = direct};
	buf_init(&s->chatter, SUDO_CHATTER_MAX);
	nonce_make(nonce);
	snprintf(s->prompt, sizeof(s->prompt), "[fab-%s]", nonce);
	nonce_make(s->number);
	snprintf(s->mark, sizeof(s->mark), "{fab-%s}", s->number);
}

void
sudo_release(struct sudo *s)
{
	buf_release(&s->chatter);
}

static const char *
find(const struct sudo *s, size_t from, const char *what)
{
	const char *start = buf_str(&s->chatter);

	return memmem(start + from, s->chatter.len - from, what, strlen(what));
}

/* Keeps the end, in which a prompt or the mark may have begun. */
static void
forget_old(struct sudo *s)
{
	size_t gone;

	if (s->chatter.len <= SUDO_CHATTER_KEEP)
		return;
	gone = s->chatter.len - SUDO_CHATTER_KEEP;
	buf_consume(&s->chatter, gone);
	s->looked = s->looked > gone ? s->looked - gone : 0;
}

static void
look_for_prompt(struct sudo *s)
{
	const char *at = find(s, s->looked, s->prompt);

	if (!at)
		return;
	s->looked = (size_t)(at - buf_str(&s->chatter)) + strlen(s->prompt);
	s->state = s->answered ? SUDO_REFUSED : SUDO_ASKING;
}

static void
look(struct sudo *s, size_t *rest)
{
	const char *at = find(s, 0, s->mark);

	if (at) {
		const char *end = at + strlen(s->mark);
		size_t kept = (size_t)(at - buf_str(&s->chatter));

		*rest = s->chatter.len - (size_t)(end - buf_str(&s->chatter));
		s->chatter.len = kept;
		s->state = SUDO_STARTED;
	} else if (s->state != SUDO_ASKING) {
		look_for_prompt(s);
	}
}

enum sudo_state
sudo_feed(struct sudo *s, const char *bytes, size_t n, size_t *rest)
{
	*rest = 0;
	if (s->state == SUDO_STARTED) {
		*rest = n;
		return s->state;
	}
	while (n > 0 && s->state != SUDO_STARTED) {
		size_t step =
		    n < SUDO_CHATTER_KEEP ? n : (size_t)SUDO_CHATTER_KEEP;

		forget_old(s);
		(void)buf_append(&s->chatter, bytes, step);
		bytes += step;
		n -= step;
		look(s, rest);
	}
	*rest += n;
	return s->state;
}

void
sudo_answered(struct sudo *s)
{
	s->answered = true;
	if (s->state != SUDO_ASKING)
		return;
	s->state = SUDO_WAITING;
	look_for_prompt(s);
}

/* A line behind our last prompt, without blanks and what sudo-rs puts around
 * the prompt. */
static void
strip_line(const struct sudo *s, const char **line, size_t *n)
{
	static const char around[] = "] Password:";
	const char *end = *line + *n;
	const char *prompt;
	size_t left;

	while ((prompt = memmem(*line, (size_t)(end - *line), s->prompt,
		    strlen(s->prompt)))) {
		*line = prompt + strlen(s->prompt);
		left = (size_t)(end - *line);
		if (left >= sizeof(around) - 1 &&
		    !memcmp(*line, around, sizeof(around) - 1))
			*line += sizeof(around) - 1;
	}
	while (*line < end && **line == ' ')
		(*line)++;
	while (*line < end && strchr("\r ", end[-1]))
		end--;
	*n = (size_t)(end - *line);
}

/* The start of the line that ends at end, its '\n' not included. */
static const char *
line_start(const char *start, const char *end)
{
	const char *newline = memrchr(start, '\n', (size_t)(end - start));

	return newline ? newline + 1 : start;
}

/* Where sudo quotes our whole command, both ends say what matters. */
static void
put_line(struct buf *to, const char *line, size_t n)
{
	if (to->len)
		buf_puts(to, "; ");
	if (n <= 2 * SUDO_LINE_ENDS) {
		buf_append(to, line, n);
		return;
	}
	buf_append(to, line, SUDO_LINE_ENDS);
	buf_puts(to, " ... ");
	buf_append(to, line + n - SUDO_LINE_ENDS, SUDO_LINE_ENDS);
}

void
sudo_words(const struct sudo *s, struct buf *text)
{
	const char *start = buf_str(&s->chatter);
	const char *end = start + s->chatter.len;
	const char *lines[SUDO_LINES];
	size_t sizes[SUDO_LINES], n = 0;

	for (;;) {
		const char *first = line_start(start, end);

		lines[n] = first;
		sizes[n] = (size_t)(end - first);
		strip_line(s, &lines[n], &sizes[n]);
		n += sizes[n] > 0;
		if (first == start || n == SUDO_LINES)
			break;
		end = first - 1;
	}
	while (n-- > 0)
		put_line(text, lines[n], sizes[n]);
}

static bool
has_word(const char *text, const char *word)
{
	size_t n = strlen(word);
	const char *at = text;

	while ((at = strcasestr(at, word))) {
		bool begins = at == text || !isalnum((unsigned char)at[-1]);

		if (begins && !isalnum((unsigned char)at[n]))
			return true;
		at++;
	}
	return false;
}

bool
sudo_wants_terminal(const struct sudo *s)
{
	return s->state == SUDO_WAITING && !s->answered &&
	    has_word(buf_str(&s->chatter), "tty");
}

bool
sudo_refused_shell(const struct sudo *s)
{
	return !s->direct && s->state != SUDO_STARTED &&
	    strstr(buf_str(&s->chatter), "sh -c " CMDLINE_SUDO_FIRST) != NULL;
}
