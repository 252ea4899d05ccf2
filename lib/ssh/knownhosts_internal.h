/*
 * What knownhosts.c (reading, looking) and knownhosts_add.c share.
 */
#ifndef SSH_KNOWNHOSTS_INTERNAL_H
#define SSH_KNOWNHOSTS_INTERNAL_H

#include <pthread.h>

#include "ssh/knownhosts.h"

struct knownline;

/*
 * Files hang in a list that only grows; their lines too.  Readers hold the
 * lock for reading while they look, which is why looking must be cheap: a
 * hashed name costs two blocks of SHA-1, the salt having been prepared.
 */
struct file {
	struct file *next;
	char *path;
	struct knownline *lines;
	size_t count;
	size_t size; /* bytes of whole lines that were read */
	int number; /* of the last of them */
};

struct knownhosts {
	pthread_rwlock_t lock;
	struct file *files;
	struct buf notes;
};

/* With the lock held for writing.  The file at path, read at first need; one
 * that is not there is an empty one. */
struct file *knownhosts_load(struct knownhosts *k, const char *path);

/* Takes what follows in the file; a last line that is not ended is read, and
 * will be again. */
void knownhosts_read_text(
    struct knownhosts *k, struct file *file, const char *text, size_t n);
void knownhosts_read_line(struct knownhosts *k, struct file *file,
    const char *text, size_t n, int number);

/* knownhosts_check, with the lock held and the files read. */
struct knownhosts_answer knownhosts_look(const struct knownhosts *k,
    const struct knownhosts_query *q, const void *blob, size_t n);

#endif
