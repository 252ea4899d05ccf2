/*
 * The files that are to be sent, looked up once for all hosts: the sources
 * that a user names, and what is below them.  Nothing is opened yet.
 */
#ifndef SSH_SOURCES_H
#define SSH_SOURCES_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/fault.h"
#include "ssh/digest.h"

enum source_kind {
	SOURCE_FILE,
	SOURCE_LINK,
	SOURCE_STREAM, /* standard input */
};

/* A source as it was named. */
struct source_top {
	char *path;
	char *name; /* its own in a directory; "" for "." */
	bool directory;
};

struct source_dir {
	size_t top;
	char *rel; /* below the source: "" for itself, or "/a/b" */
	int depth;
	mode_t mode;
	struct timespec atime, mtime;
	size_t first, n; /* its files */
};

#define SOURCE_NO_DIR ((size_t)-1)

struct source_file {
	size_t top;
	size_t dir; /* SOURCE_NO_DIR: it is the source itself */
	char *name; /* in its directory; "" for the source itself */
	char *link; /* the text of a link */
	enum source_kind kind;
	mode_t mode;
	uint64_t size;
	struct timespec atime, mtime;
};

struct sources {
	struct source_top *tops;
	size_t n_tops;
	struct source_dir *dirs; /* parents before what is in them */
	size_t n_dirs;
	struct source_file *files; /* those of a directory in a row, by name */
	size_t n_files;
	uint64_t bytes; /* of all files */
	size_t skipped; /* devices, sockets, pipes */
	pthread_mutex_t lock; /* of the digests */
	uint8_t (*digests)[DIGEST_LEN]; /* one a file; NULL: none is known */
	int64_t *digested; /* of how many bytes, one a file; -1: of none yet */
};

/* Looks at n sources; "-" is standard input.  NULL with FAULT_COPY where one
 * is not there, or is a directory without recursive. */
struct sources *sources_new(
    const char *const *paths, size_t n, bool recursive, struct fault *f);
void sources_free(struct sources *s);

/* The file of that name in a directory, or NULL. */
const struct source_file *sources_find(
    const struct sources *s, const struct source_dir *dir, const char *name);

/* The path of a file, of a directory here.  The caller's. */
char *sources_path(const struct sources *s, const struct source_file *file);

/* What it is called below a target directory, or with inside false, what
 * stands behind the target's own name: "" or "/a/b".  The caller's. */
char *sources_below(
    const struct sources *s, const struct source_file *file, bool inside);
char *sources_dir_below(
    const struct sources *s, const struct source_dir *dir, bool inside);

/* Compares the digest of a file's contents, or of its first max bytes, for it
 * may grow; it is made once for all hosts, by any thread.  1 when it is value,
 * 0 when not, or -1 with errno. */
int sources_compare(struct sources *s, const struct source_file *file,
    uint64_t max, const uint8_t value[DIGEST_LEN]);

#endif
