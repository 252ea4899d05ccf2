/*
 * Names of copies (pure): paths put together, and the names that files have
 * while they are on their way.
 *
 * Such a name tells the name that the file will get, the state of its source
 * (where a part of it is worth keeping), and the run: so a later run finds
 * what an earlier one left, and two runs never write to the same file.
 */
#ifndef SSH_COPY_NAME_H
#define SSH_COPY_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

enum {
	COPY_RUN_LEN = 12, /* hexadecimal digits */
	COPY_TEMP_LEN = 43,
	COPY_BEGINNING = 32768 /* bytes of a source that name its state */
};

/* What tells one run from another. */
struct copy_run {
	char text[COPY_RUN_LEN + 1];
};

void copy_run_init(struct copy_run *r);

/* The state of a source: 0 stands for none. */
uint64_t copy_state(uint64_t size, int64_t seconds, long nanoseconds,
    const void *beginning, size_t n);

/* The state in the name of a part that was written in several places at once:
 * of its end, so many bytes may be missing. */
enum { COPY_SPREAD = 16 << 20 };
uint64_t copy_state_spread(uint64_t state);

/* The number by which a final name of n bytes is known. */
uint32_t copy_name_number(const char *name, size_t n);

/* The temporary name of a file that will be called name. */
void copy_temp_name(char text[COPY_TEMP_LEN + 1], const char *name,
    uint64_t state, const struct copy_run *r);

/* Whether n bytes are such a name, and what it tells. */
bool copy_temp_parse(const char *text, size_t n, uint32_t *number,
    uint64_t *state, struct copy_run *r);

/* directory and name with one slash between them; an empty directory is the
 * one that we are in.  The caller's. */
char *copy_join(const char *directory, const char *name);

/* The last component: where it begins, and its length.  Slashes at the end do
 * not count; "/" has none. */
const char *copy_last(const char *path, size_t *n);

/* The part before the last component, with its slash; "" where there is none.
 * The caller's. */
char *copy_parent(const char *path);

/* What a source is called in a directory that it is copied to: its last
 * component, or "" for ".", ".." and "/", whose contents go there.  The
 * caller's. */
char *copy_own_name(const char *path);

/* A path of a host without a leading ~/, for that is where the server starts.
 * Borrowed from path. */
const char *copy_home(const char *path);

/* Whether two of n paths have the same name of their own, and so would be one
 * file in a directory: then why that cannot be, a fault.  "." has none. */
int copy_check_names(const char *const *paths, size_t n, struct fault *f);

#endif
