/*
 * known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): which keys a host is
 * known by, and what a key that it shows means.  Our own reading, for the
 * library's heeds neither @revoked nor patterns.
 *
 * One value serves all hosts and threads of a run: files are read once, at
 * first need, and keys that are added are seen at once.
 */
#ifndef SSH_KNOWNHOSTS_H
#define SSH_KNOWNHOSTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/fault.h"
#include "hosts/words.h"

enum {
	KNOWNHOSTS_FILE_MAX = 64 << 20, /* bytes of a file */
	KNOWNHOSTS_BLOB_MAX = 65536 /* bytes of a key */
};

struct knownhosts;

struct knownhosts *knownhosts_new(void);
void knownhosts_free(struct knownhosts *k);

/* Whom to look for, and where.  All borrowed. */
struct knownhosts_query {
	const char *hostname; /* what was connected to */
	int port; /* 22, or it is part of the name */
	const char *alias; /* HostKeyAlias, which stands for both; or NULL */
	const struct words *files[2]; /* paths; NULL: none */
};

enum knownhosts_verdict {
	KNOWNHOSTS_UNKNOWN, /* no key of this host is known */
	KNOWNHOSTS_KNOWN, /* this very key is known */
	KNOWNHOSTS_CHANGED, /* another key of its type is known */
	KNOWNHOSTS_OTHER_TYPE, /* only keys of other types are known: to be
				* refused too, and never to be learned, or
				* an impostor would merely use another type */
	KNOWNHOSTS_REVOKED /* the key is marked @revoked */
};

struct knownhosts_answer {
	enum knownhosts_verdict verdict;
	const char *file; /* of the line that decided, or NULL; lives as long
			   * as the struct knownhosts */
	int line;
};

/* Appends the types ("ssh-ed25519", …) of the keys that the host is known by,
 * none twice, in the order of the files; none of them marked.  Of a host at
 * another port than 22 of which nothing is known, those of its name alone. */
void knownhosts_types(struct knownhosts *k, const struct knownhosts_query *q,
    struct words *types);

/* What the n bytes of a public key (RFC 4253, section 6.6) mean, shown by
 * the host.  As with ssh, a host at another port than 22 of which nothing is
 * known may show the key that its name alone is known by. */
struct knownhosts_answer knownhosts_check(struct knownhosts *k,
    const struct knownhosts_query *q, const void *blob, size_t n);

/* Learns a key: appends one whole line to the first of files[0], which must
 * have one, with the name hashed where `hashed` is set, unless the key is known
 * there already.  The file and a directory .ssh for it are made, private, if
 * they are missing.  Safe beside other threads and programs.  -1 with a
 * FAULT_SYSTEM. */
int knownhosts_add(struct knownhosts *k, const struct knownhosts_query *q,
    bool hashed, const void *blob, size_t n, struct fault *f);

/* Appends what was skipped in the files read so far, one line each, and
 * forgets it. */
void knownhosts_take_notes(struct knownhosts *k, struct buf *to);

/* The name under which a host is looked for: alias, host, [host]:port, in
 * lower case; what ssh-keygen -R takes.  The caller's. */
char *knownhosts_name(const struct knownhosts_query *q);

/* The type that a key names in its first field, as a view into it of *len
 * bytes; NULL where it is no key. */
const char *knownhosts_blob_type(const void *blob, size_t n, size_t *len);

/* For tests and fuzzing: takes a text for the file at path. */
void knownhosts_parse(
    struct knownhosts *k, const char *path, const char *text, size_t n);

#endif
