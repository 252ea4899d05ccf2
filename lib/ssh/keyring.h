/*
 * What all hosts of a run share: private keys, each file read and parsed
 * once, the list of an agent's keys, the known hosts, and what servers have
 * told us.  Safe for any number of threads.
 */
#ifndef SSH_KEYRING_H
#define SSH_KEYRING_H

#include <stdbool.h>

#include "base/fault.h"
#include "ssh/blob.h"
#include "ssh/keys.h"
#include "ssh/knownhosts.h"
#include "ssh/wait.h"

struct keyring;

struct keyring *keyring_new(void);
void keyring_free(struct keyring *k);

/* The key in a file.  Borrowed until the keyring is freed.  NULL with
 * FAULT_AUTH; f->error is ENOENT when there is no such file. */
const struct key *keyring_file(
    struct keyring *k, const char *path, struct fault *f);

/* Whether that key has a passphrase which is not known yet. */
bool keyring_is_locked(struct keyring *k, const char *path);

/* The same key, whose passphrase is asked for on the terminal: once for all,
 * up to three times.  NULL with FAULT_AUTH or FAULT_CANCELLED. */
const struct key *keyring_unlock(
    struct keyring *k, const char *path, const struct wait *w, struct fault *f);

/* The public key of an identity file: from PATH.pub, or of a file in OpenSSH's
 * form, or the file is itself a public key, so that an agent's key can be
 * recognised.  An empty blob when there is none. */
struct blob keyring_public(struct keyring *k, const char *path);

/* The certificate in a file; an empty blob when there is none. */
struct blob keyring_certificate(struct keyring *k, const char *path);

/* The key that a host accepted last, or an empty blob. */
struct blob keyring_accepted(struct keyring *k);
void keyring_set_accepted(struct keyring *k, const struct blob *blob);

/* Key number i of the agent at path, which is asked once, while all others
 * wait; an empty blob behind the last.  With an agent that does not answer, or
 * has failed since, *f says why. */
struct blob keyring_agent(struct keyring *k, const char *path, size_t i,
    const struct wait *w, struct fault *f);

/* That agent is of no use any more. */
void keyring_agent_failed(
    struct keyring *k, const char *path, const struct fault *f);

/* A token is touched for one at a time, so that whoever touches it knows for
 * what; to be given back.  -1 with FAULT_CANCELLED. */
int keyring_take_token(
    struct keyring *k, const struct wait *w, struct fault *f);
void keyring_give_token(struct keyring *k);

/* Whether no server has told that text before; of many, some are forgotten. */
bool keyring_is_news(struct keyring *k, const char *text);

/* The known hosts of all files.  Borrowed. */
struct knownhosts *keyring_known(struct keyring *k);

#endif
