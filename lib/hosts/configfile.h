/*
 * Files of ssh_config(5), read into lines once and never changed.
 */
#ifndef HOSTS_CONFIGFILE_H
#define HOSTS_CONFIGFILE_H

#include "base/buf.h"
#include "base/fault.h"
#include "hosts/keyword.h"
#include "hosts/token.h"

struct configfile_line {
	struct keyword_line words;
	int number; /* 0: not from a file */
	char *text; /* what words.name and words.rest lie in */
	struct configfile **included; /* files of an Include, in order */
	size_t included_count;
};

struct configfile {
	char *name;
	bool is_system; /* not the user's own */
	struct configfile_line *lines;
	size_t count;
};

/* What reading needs to know. */
struct configfile_reader {
	const struct token_env *env;
	struct buf *notes; /* one line for each keyword that is skipped */
	bool has_ignore_unknown; /* so unknown keywords wait for it */
};

/* An empty file of that name, for lines that are no file's. */
struct configfile *configfile_new(const char *name, bool is_system);
void configfile_free(struct configfile *c);

/* Parses a text into lines, checking keywords and values; Include is left
 * alone.  -1 with a FAULT_USAGE that names file and line. */
int configfile_parse(struct configfile *c, const char *text,
    struct configfile_reader *r, struct fault *f);

/* Adds one line that stands on the command line, or in a host file. */
int configfile_add(struct configfile *c, const char *line,
    struct configfile_reader *r, struct fault *f);

/* Adds KEY=VALUE, VALUE being one word whatever it holds. */
int configfile_add_word(struct configfile *c, const char *word,
    struct configfile_reader *r, struct fault *f);

/* Reads a file with all that it includes.  With `checked`, ssh's rule on
 * owner and mode holds for it, as always for included files.  NULL without a
 * fault (its class is FAULT_NONE) where there is no such file. */
struct configfile *configfile_read(const char *path, bool is_system,
    bool checked, struct configfile_reader *r, struct fault *f);

/* Puts file and line before a fault's text.  -1. */
int configfile_fault(const struct configfile *c,
    const struct configfile_line *line, struct fault *f);

#endif
