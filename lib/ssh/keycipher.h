/*
 * How the private part of a key in OpenSSH's form is encrypted (PROTOCOL.key):
 * a cipher, whose key comes of the passphrase by bcrypt_pbkdf.
 */
#ifndef SSH_KEYCIPHER_H
#define SSH_KEYCIPHER_H

#include "base/buf.h"
#include "base/fault.h"
#include "base/secret.h"
#include "ssh/keyfile.h"

/* Decrypts the private part into an empty buffer, which the caller wipes.  A
 * wrong passphrase shows itself in the text that comes out, or with a cipher
 * that has a tag, here: 1.  -1 with FAULT_AUTH for what we cannot decrypt. */
int keycipher_decrypt(const struct keyfile *file,
    const struct secret *passphrase, struct buf *plain, struct fault *f);

#endif
