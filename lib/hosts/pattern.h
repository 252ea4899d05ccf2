/*
 * Patterns as ssh_config(5) and sshd(8) have them: `*` and `?`, and lists of
 * them with `!`.
 */
#ifndef HOSTS_PATTERN_H
#define HOSTS_PATTERN_H

#include <stdbool.h>

/* Whether the whole text matches one pattern. */
bool pattern_match(const char *text, const char *pattern);

/* A comma separated list: 1 when a pattern matches, -1 when one behind `!`
 * does, wherever it stands, 0 when none does. */
int pattern_list_match(const char *text, const char *list);

/* The same without regard to the case of ASCII letters. */
int pattern_list_match_nocase(const char *text, const char *list);

#endif
