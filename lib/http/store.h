/*
 * Files as representations: opened beneath their mount, small ones kept in
 * memory, and large ones kept open for a moment.  What is kept is compared with the file system at every request
 * (beneath_stat), so that no answer is older than its request.  A store
 * belongs to one thread.
 */
#ifndef HTTP_STORE_H
#define HTTP_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "http/date.h"
#include "http/file.h"
#include "http/site.h"

enum {
	STORE_SMALL = 32768, /* bytes up to which a body is read at once */
	STORE_KEEP = 16384, /* bytes up to which it is kept */
	STORE_SLOTS = 128 /* files that are kept, in memory … */
};

struct representation {
	const char *type;
	uint64_t size; /* bytes */
	int64_t modified; /* seconds since 1970 */
	char date[DATE_LEN + 1]; /* the same as text */
	char etag[72]; /* strong, with its quotes */
	const char *bytes; /* all of it, or NULL: then it is in the file */
	struct file *file;
};

struct store;

/* A store that keeps at most so many files open. */
struct store *store_new(size_t files);
void store_free(struct store *s);

/* Closes the files that are kept open, once a second: what was removed shall
 * not keep its room on the disk, nor a file system be busy. */
void store_close_files(struct store *s);

/* Whether there are any. */
bool store_has_files(const struct store *s);

/* The regular file at path beneath the mount, which st describes (as beneath_stat
 * said just now).  0, or the status that says why not (403, 404, 500, 503).
 * wall is the time in seconds.  *r is borrowed until the next call; its file,
 * if it has one, is the caller's to drop. */
int store_open(struct store *s, const struct mount *m, const char *path,
    const struct stat *st, int64_t wall, const struct representation **r);

/* The status that an error of opening stands for. */
int store_status(int error);

/* Fills everything but bytes and file. */
void store_describe(
    struct representation *r, const char *path, const struct stat *st);

/* Whether both describe the same state of the same file. */
bool store_same_file(const struct stat *a, const struct stat *b);

/* Whether the next change of it will show in its times: the clock of a file
 * system moves in steps. */
bool store_is_settled(const struct stat *st, int64_t wall);

#endif
