/*
 * Copies to and from a host.  A file appears under its name whole or not at
 * all: it is written beside it under a temporary name, checked, given its
 * owner, mode and time, and then renamed.  What is not a file's own failure
 * (a lost connection, our being asked to stop) ends the whole copy, and leaves
 * a large part of a file under its temporary name, for a later run with
 * resume.
 */
#ifndef SSH_COPY_H
#define SSH_COPY_H

#include <stdbool.h>
#include <stdint.h>

#include "ssh/connection.h"
#include "ssh/exec.h"
#include "ssh/password.h"
#include "ssh/sources.h"

enum {
	COPY_KEPT = 1024 * 1024, /* parts from this size on are kept */
	COPY_LASTING = 100, /* files that are all forced to the disk */
	COPY_TEXT = 1800 /* bytes of what is told of a file */
};

enum copy_event {
	COPY_SENT,
	COPY_UNCHANGED,
	COPY_FAILED,
	COPY_SKIPPED /* a device, a socket */
};

/* Who is told what happens, and how fast it may. */
struct copy_watch {
	void *arg;
	/* A file came to its end; text is its name, and the reason where it
	 * was not copied. */
	void (*file)(void *arg, enum copy_event event, const char *text);
	/* Of n bytes, how many may move now; when none may, that is asked
	 * again within the tick of struct copy_how. */
	size_t (*allow)(void *arg, size_t n);
	/* n bytes of files have moved; more bytes are known to be there. */
	void (*moved)(void *arg, uint64_t n);
	void (*expected)(void *arg, int64_t n);
};

struct copy_how {
	bool recursive, times, check, resume;
	bool set_mode;
	mode_t mode; /* of files, with set_mode */
	mode_t mask; /* what standard input's mode does without */
	const char *owner; /* USER[:GROUP], or NULL */
	bool sudo;
	const char *sudo_user; /* NULL: root */
	struct password *password; /* for sudo, or NULL */
	uint32_t window; /* of what the host sends, bytes */
	int64_t tick; /* ms; 0: a second */
	size_t open_files; /* here at once, at most, by a get */
	const struct copy_watch *watch;
};

struct copy_counts {
	size_t sent, unchanged, failed;
	uint64_t bytes; /* of files, that have moved */
};

/* A copy with one host; all borrowed. */
struct copy {
	struct connection *c;
	const struct copy_how *how;
	/* Of a put, where the bytes of standard input come from; of a get,
	 * where the bytes of the files go, one after the other, instead of
	 * into files; or NULL. */
	const struct exec_io *stream;
	struct copy_counts *counts;
};

/* Copies the sources to target on the host, by the rules of cp(1).  0 when
 * the copy came to its end, some of its files perhaps failed; or -1 with a
 * fault. */
int copy_put(const struct copy *copy, struct sources *sources,
    const char *target, struct fault *f);

/* Copies what the patterns of n sources stand for on the host to target here.
 * As copy_put. */
int copy_get(const struct copy *copy, const char *const *sources, size_t n,
    const char *target, struct fault *f);

#endif
