/*
 * Bytes that belong to somebody else: a pointer and a length.  They are not
 * ended by a NUL and never meet a function for strings.
 */
#ifndef HTTP_VIEW_H
#define HTTP_VIEW_H

#include <stdbool.h>
#include <stddef.h>

struct view {
	const char *p; /* NULL: absent, which is not the same as empty */
	size_t n;
};

/* A view of a string. */
struct view view_of(const char *text);

/* Equal bytes; the letters' case ignored in the second form (ASCII alone). */
bool view_is(struct view v, const char *text);
bool view_is_nocase(struct view v, const char *text);

/* v without blanks and tabs at both ends. */
struct view view_trim(struct view v);

/* Cuts the next element off a comma-separated list (RFC 9110 5.6.1: empty
 * elements are skipped) into *item, trimmed.  false at the end.  Commas in
 * quoted strings do not count. */
bool view_next_item(struct view *list, struct view *item);

#endif
