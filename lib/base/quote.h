/*
 * The one producer of shell words and of printable text.
 */
#ifndef BASE_QUOTE_H
#define BASE_QUOTE_H

#include <stddef.h>

#include "base/buf.h"

/* Appends word so that sh, bash, dash, ash, mksh, ksh, zsh, fish and tcsh all
 * read back exactly its bytes: plain characters bare, the rest in single
 * quotes, and ' \ ! outside of them behind a backslash (fish treats a
 * backslash in single quotes specially, csh an exclamation mark).  A newline
 * does not survive csh.  0, or -1 at the buffer's maximum. */
int quote_word(struct buf *to, const char *word);

/* Appends the words, each quoted, separated by single blanks. */
int quote_words(struct buf *to, const char *const *words, size_t n);

/* Appends bytes of unknown origin as text for a terminal or a log: printable
 * ASCII and valid UTF-8 above the C1 controls as they are, all else as \xNN,
 * tabs as blanks.  Stops silently at the buffer's maximum. */
void quote_printable(struct buf *to, const char *bytes, size_t n);

/* Length of the valid UTF-8 sequence at the start of bytes (1 to 4), or 0
 * (RFC 3629: no surrogates, nothing overlong). */
size_t quote_utf8_len(const char *bytes, size_t n);

#endif
