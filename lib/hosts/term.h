/*
 * One term of a host expression, parsed but not yet multiplied out.
 */
#ifndef HOSTS_TERM_H
#define HOSTS_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "hosts/host.h"
#include "hosts/range.h"

enum {
	TERM_PIECES_MAX = 16 /* literals and brackets of one name */
};

/* A literal part of a name, or one bracket. */
struct term_piece {
	const char *text; /* borrowed; NULL for a bracket */
	size_t len;
	struct range_set range;
};

struct term {
	bool is_excluded; /* begins with `!` */
	bool is_group; /* the name is a group's, without the `@` */
	const char *user; /* borrowed, user_len bytes, or NULL */
	size_t user_len;
	struct term_piece pieces[TERM_PIECES_MAX];
	size_t count;
	int port; /* 0: none */
};

/* Parses the term at text[*at], in n bytes, up to the comma behind it or the
 * end, where *at is left.  0, or -1 with the error, whose place counts from
 * text[0]; then nothing is owned. */
int term_parse(struct term *t, const char *text, size_t n, size_t *at,
    struct range_error *e);

/* Whether n bytes are a user.  0, or -1 with the error, whose place counts
 * from text[0]. */
int term_check_user(const char *text, size_t n, struct range_error *e);

void term_release(struct term *t);

/* How many names it has when multiplied out. */
uint64_t term_count(const struct term *t);

/* A walk through its names, the last bracket turning fastest. */
struct term_walk {
	const struct term *term; /* borrowed */
	size_t items[TERM_PIECES_MAX]; /* the range that each bracket is in */
	uint64_t values[TERM_PIECES_MAX]; /* and its number there */
};

/* Begins at the first name.  false of the second one: there are no more. */
void term_walk_start(struct term_walk *w, const struct term *t);
bool term_walk_next(struct term_walk *w);

/* Writes the name over the buffer's contents. */
void term_walk_name(const struct term_walk *w, struct buf *to);

#endif
