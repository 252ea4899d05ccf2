/*
 * The keywords of ssh_config(5): what each sets, and how its words are read.
 */
#ifndef HOSTS_KEYWORD_H
#define HOSTS_KEYWORD_H

#include <stdbool.h>
#include <stddef.h>

#include "hosts/settings.h"

enum keyword_kind {
	KEYWORD_CHOICE, /* one of some words; flags too */
	KEYWORD_NUMBER,
	KEYWORD_SECONDS, /* kept in milliseconds */
	KEYWORD_PORT,
	KEYWORD_TEXT,
	KEYWORD_AGENT, /* a path, or a variable that holds one */
	KEYWORD_FORWARD_AGENT, /* a flag, or such a path */
	KEYWORD_PATHS, /* several, at once */
	KEYWORD_FILE, /* one, each line adding another */
	KEYWORD_SET_ENV,
	KEYWORD_COMMAND, /* the rest of the line */
	KEYWORD_JUMP,
	KEYWORD_HOST,
	KEYWORD_MATCH,
	KEYWORD_INCLUDE,
	KEYWORD_SKIPPED, /* ssh knows it, we do without */
	KEYWORD_REFUSED, /* doing without would weaken security */
	KEYWORD_UNKNOWN
};

struct keyword_choice {
	const char *word; /* NULL ends the table */
	int value;
};

struct keyword {
	const char *name; /* as ssh -G writes it */
	enum keyword_kind kind;
	size_t offset; /* of its field in struct settings */
	const struct keyword_choice *choices;
};

/* One line, taken apart. */
struct keyword_line {
	const struct keyword *keyword;
	const char *name; /* as written, in lower case */
	const char *rest; /* behind the keyword, quotes and all */
	struct words args;
	bool is_system; /* of a file that is not the user's own */
};

/* The keyword of a name in lower case; one of KEYWORD_UNKNOWN where there is
 * none. */
const struct keyword *keyword_find(const char *name);

/* All keywords, for printing; *count is their number. */
const struct keyword *keyword_table(size_t *count);

/* Sets what a line of a kind up to KEYWORD_JUMP says, unless it was set
 * before: the first value wins.  -1 with a FAULT_USAGE. */
int keyword_apply(
    struct settings *s, const struct keyword_line *line, struct fault *f);

/* The word for a value of KEYWORD_CHOICE; the first that stands for it. */
const char *keyword_choice_word(
    const struct keyword_choice *choices, int value);

#endif
