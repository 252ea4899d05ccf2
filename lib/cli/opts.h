/*
 * Options: one table per program drives parsing and --help, and is what man
 * page and completions are compared with.  Options end at the first operand
 * (POSIX Utility Syntax Guideline 9); one "--" before it is skipped.
 */
#ifndef CLI_OPTS_H
#define CLI_OPTS_H

#include "base/buf.h"
#include "base/fault.h"

struct opt {
	int id; /* > 0, the program's own number for it */
	char letter; /* -x, or 0 */
	const char *name; /* --name, or NULL */
	const char *arg; /* what its argument is called; NULL: takes none */
	const char *help; /* one line, for --help */
};

struct opts {
	const struct opt *table; /* ends with an id of 0 */
	char **argv; /* borrowed; ends with NULL */
	int next; /* index of the word that is read next */
	const char *bundle; /* rest of a word of letters, or NULL */
};

/* Starts at argv[1]. */
void opts_init(struct opts *o, const struct opt *table, char **argv);

/* The next option's id, with *value its argument (borrowed) or NULL; 0 when
 * the operands begin, at argv[next]; -1 with a FAULT_USAGE. */
int opts_next(struct opts *o, const char **value, struct fault *f);

/* Appends "usage: " and the lines of usage, then one line an option. */
void opts_help(struct buf *to, const char *usage, const struct opt *table);

#endif
