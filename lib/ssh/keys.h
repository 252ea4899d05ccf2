/*
 * Private keys: parsed once, used for all hosts by all threads.  The forms
 * of OpenSSH ("openssh-key-v1"), PEM and PKCS #8 are read; the types are
 * Ed25519, ECDSA (nistp256, 384, 521) and RSA.
 */
#ifndef SSH_KEYS_H
#define SSH_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/secret.h"
#include "ssh/blob.h"

struct key;

/* Parses the text of a key file; passphrase may be NULL.  NULL with FAULT_AUTH:
 * not a key, of a type that we cannot use; or encrypted, and the passphrase is
 * wrong or missing: then *encrypted is set. */
struct key *key_parse(const char *text, size_t n,
    const struct secret *passphrase, int *encrypted, struct fault *f);

/* Appends the public key of a private one that is encrypted, in the form of
 * OpenSSH, which keeps it readable.  0, or -1: of another form. */
int key_parse_public(const char *text, size_t n, struct buf *blob);

void key_free(struct key *k);

/* The public key as SSH sends it (RFC 4253, section 6.6).  Borrowed. */
struct blob key_blob(const struct key *k);

/* Appends the signature of data, in the form that follows the algorithm's
 * name inside a signature blob: raw for Ed25519 (RFC 8709) and RSA (RFC 4253,
 * RFC 8332; algorithm tells the hash), two mpints for ECDSA (RFC 5656).
 * 0, or -1 with FAULT_AUTH, also for an algorithm of another kind of key. */
int key_sign(const struct key *k, const struct blob *algorithm,
    const struct blob *data, struct buf *signature, struct fault *f);

#endif
