/*
 * Host keys that no known_hosts file has: which of them somebody has accepted,
 * by a list of fingerprints or when asked.  Serves all threads of a run.
 */
#ifndef SSH_NEWKEYS_H
#define SSH_NEWKEYS_H

#include "base/buf.h"
#include "base/fault.h"
#include "hosts/settings.h"
#include "ssh/blob.h"
#include "ssh/wait.h"

enum {
	NEWKEYS_FILE_MAX = 16 << 20 /* bytes of a list of fingerprints */
};

struct newkeys;

struct newkeys *newkeys_new(void);
void newkeys_free(struct newkeys *n);

/* Reads a list of fingerprints: lines `HOST SHA256:…`, `#` begins a comment.
 * -1 with a FAULT_USAGE that names file and line. */
int newkeys_read(struct newkeys *n, const char *path, struct fault *f);
int newkeys_parse(
    struct newkeys *n, const char *path, const char *text, struct fault *f);

enum newkeys_verdict {
	NEWKEYS_UNKNOWN, /* nobody has said anything */
	NEWKEYS_ACCEPTED,
	NEWKEYS_REFUSED, /* somebody who was asked */
	NEWKEYS_OTHER /* the list has other fingerprints for the host */
};

/* What was said of this key of this host. */
enum newkeys_verdict newkeys_look(
    struct newkeys *n, const struct settings *s, const struct blob *key);

/* Keeps a key to be asked about: once, for whatever hosts known_hosts has by
 * one name. */
void newkeys_gather(
    struct newkeys *n, const struct settings *s, const struct blob *key);

/* Shows all that was gathered as one table on the terminal, and asks whether
 * to accept it.  0 when that was answered, or nothing was gathered; -1 with
 * FAULT_AUTH where there is no terminal, or FAULT_CANCELLED. */
int newkeys_ask(struct newkeys *n, const struct wait *w, struct fault *f);

/* Appends the table of what nobody was asked about yet; how many keys that is.
 * For newkeys_ask, with its lock, and tests. */
size_t newkeys_table(struct newkeys *n, struct buf *to);

/* Appends what a key is shown as: `ssh-ed25519 SHA256:…`. */
void newkeys_describe(struct buf *to, const struct blob *key);

#endif
