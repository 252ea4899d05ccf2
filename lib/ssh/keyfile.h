/*
 * The private key form of OpenSSH ("openssh-key-v1", described in PROTOCOL.key
 * of its source): the envelope, without any cryptography.
 */
#ifndef SSH_KEYFILE_H
#define SSH_KEYFILE_H

#include <stddef.h>

#include "base/buf.h"
#include "ssh/blob.h"

struct keyfile {
	struct blob cipher; /* "none" for a key without passphrase */
	struct blob kdf;
	struct blob kdf_options;
	struct blob public; /* the public key */
	struct blob private; /* the private part, encrypted unless "none" */
	struct blob tag; /* of the ciphers that have one, or empty */
};

/* Whether the text has the first line of this form. */
int keyfile_is_openssh(const char *text, size_t n);

/* Decodes the text into raw (empty, kept by the caller as long as the views
 * are used) and splits it.  0, or -1 if it is malformed. */
int keyfile_parse(
    const char *text, size_t n, struct buf *raw, struct keyfile *file);

/* Steps into a decrypted private part: checks its two numbers and leaves rest
 * at the key's fields, with its type in type.  0 or -1. */
int keyfile_open_private(
    const struct blob *private, struct blob *type, struct blob *rest);

/* Decodes base64 with line ends in it (RFC 4648); appends to raw.  0 or -1. */
int keyfile_base64(const char *text, size_t n, struct buf *raw);

#endif
