/*
 * Words of a line of ssh_config(5): quotes, backslashes and comments.
 */
#ifndef HOSTS_WORDS_H
#define HOSTS_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct words {
	char **items; /* owned */
	size_t count;
};

/* Splits at blanks; single and double quotes hold blanks, a backslash escapes
 * quotes, itself and a blank; a word that begins with `#` ends the line where
 * comments is set.  0, or -1 for a quote without an end; then w is empty. */
int words_split(struct words *w, const char *text, bool comments);

/* Appends a copy of a word. */
void words_add(struct words *w, const char *word);

/* All of them, with a text between each two; the caller's. */
char *words_join(const struct words *w, const char *between);

bool words_have(const struct words *w, const char *word);
void words_release(struct words *w);

/* Takes the next word off a text as keywords and the criteria of Match are
 * read: it ends at a blank, or at one `=` among blanks; double quotes are
 * removed.  *text is written to and moved on, to NULL at its end.  NULL at
 * the end of the text or for a quote without an end. */
char *words_next(char **text);

#endif
