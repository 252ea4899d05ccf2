/*
 * Digests of many files of a host, from one run of a program there.
 */
#ifndef SSH_COPY_HASH_H
#define SSH_COPY_HASH_H

#include "ssh/copy.h"
#include "ssh/digest.h"

struct copy_hash {
	void *arg;
	/* The next path, which belongs to the caller of it; NULL: no more, or
	 * not yet. */
	char *(*next)(void *arg);
	/* Whether it is not yet; NULL: never. */
	bool (*waits)(void *arg);
	/* A file's digest, in the order of the paths; there is none of one
	 * that could not be read. */
	void (*digest)(
	    void *arg, const char *path, const uint8_t value[DIGEST_LEN]);
};

/* The same beside other work on the connection.  Begun, it moves (see
 * exec_move) until it returns other than 0, which is then given to the end:
 * that returns what copy_hash does.  files is borrowed. */
struct copy_hashing;
struct copy_hashing *copy_hash_begin(struct connection *c,
    const struct copy_how *how, const struct copy_hash *files);
int copy_hash_move(struct copy_hashing *h, bool *moved, struct fault *f);
int copy_hash_end(struct copy_hashing *h, int ret, struct fault *f);

/* Whether a program may be started there: not by a sudo that has asked for a
 * password, which is sent once. */
bool copy_hash_allowed(const struct connection *c, const struct copy_how *how);

/* 0 when all were asked for; 1 where it is not allowed, the account has no
 * shell, or its host not the tools; -1 with a fault. */
int copy_hash(struct connection *c, const struct copy_how *how,
    const struct copy_hash *files, struct fault *f);

/* A line of sha256sum's without its end: a digest and a path, which is the
 * caller's.  NULL for anything else (pure). */
char *copy_hash_line(const char *line, size_t n, uint8_t value[DIGEST_LEN]);

#endif
