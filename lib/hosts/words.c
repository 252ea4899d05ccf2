#include "hosts/words.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

enum { WORDS_JOINED = 1 << 16 /* bytes, at most */ };

static const char blanks[] = " \t\r\n";

void
words_add(struct words *w, const char *word)
{
	/* grows at powers of two */
	if ((w->count & (w->count - 1)) == 0)
		w->items = mem_realloc(w->items,
		    (w->count ? 2 * w->count : 1) * sizeof(*w->items));
	w->items[w->count++] = mem_strdup(word);
}

char *
words_join(const struct words *w, const char *between)
{
	struct buf text;
	size_t i;

	buf_init(&text, WORDS_JOINED);
	for (i = 0; i < w->count; i++)
		buf_printf(&text, "%s%s", i ? between : "", w->items[i]);
	return buf_steal(&text);
}

bool
words_have(const struct words *w, const char *word)
{
	size_t i;

	for (i = 0; i < w->count; i++)
		if (!strcmp(w->items[i], word))
			return true;
	return false;
}

void
words_release(struct words *w)
{
	size_t i;

	for (i = 0; i < w->count; i++)
		mem_free(w->items[i]);
	mem_free(w->items);
	*w = (struct words){0};
}

static bool
is_escape(const char *p, char quote)
{
	return p[0] == '\\' && p[1] &&
	    (strchr("'\"\\", p[1]) || (!quote && p[1] == ' '));
}

/* Copies the word at *text to out and moves on.  -1: the quote has no end. */
static int
take_word(const char **text, char *out)
{
	const char *p = *text;
	char quote = 0;

	for (; *p && (quote || (*p != ' ' && *p != '\t')); p++) {
		if (is_escape(p, quote))
			*out++ = *++p;
		else if (!quote && (*p == '"' || *p == '\''))
			quote = *p;
		else if (quote && *p == quote)
			quote = 0;
		else
			*out++ = *p;
	}
	*out = '\0';
	*text = p;
	return quote ? -1 : 0;
}

int
words_split(struct words *w, const char *text, bool comments)
{
	char *word = mem_alloc(strlen(text) + 1, 1);
	int ret = 0;

	*w = (struct words){0};
	for (;;) {
		text += strspn(text, " \t");
		if (!*text || (comments && *text == '#'))
			break;
		ret = take_word(&text, word);
		if (ret) {
			words_release(w);
			break;
		}
		words_add(w, word);
	}
	mem_free(word);
	return ret;
}

char *
words_next(char **text)
{
	char *start = *text, *p;
	bool had_equals;

	if (!start)
		return NULL;
	p = strpbrk(start, " \t\r\n\"=");
	*text = p;
	if (!p)
		return start;
	if (*p == '"') {
		memmove(p, p + 1, strlen(p));
		p = strchr(p, '"');
		*text = NULL;
		if (!p)
			return NULL;
		*p++ = '\0';
		*text = p + strspn(p, blanks);
		return start;
	}
	had_equals = *p == '=';
	*p++ = '\0';
	p += strspn(p, blanks);
	if (*p == '=' && !had_equals) {
		p++;
		p += strspn(p, blanks);
	}
	*text = p;
	return start;
}
