/*
 * Patterns of paths, as a shell has them: * ? [ ] in each component (pure).
 */
#ifndef SSH_COPY_GLOB_H
#define SSH_COPY_GLOB_H

#include <stdbool.h>
#include <stddef.h>

/* Whether n bytes of a path hold a pattern. */
bool copy_glob_is_pattern(const char *text, size_t n);

/* Whether a name of n bytes matches a component's pattern; a leading dot only
 * does by itself. */
bool copy_glob_matches(const char *pattern, const char *name, size_t n);

/* n bytes of a path without the backslashes that protect its characters.  The
 * caller's. */
char *copy_glob_plain(const char *text, size_t n);

#endif
