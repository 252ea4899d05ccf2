/*
 * Fingerprints of public keys.
 */
#ifndef SSH_FINGERPRINT_H
#define SSH_FINGERPRINT_H

#include <stddef.h>

#include "base/buf.h"

/* Appends "SHA256:…" for the n bytes of a public key, as ssh-keygen -l does. */
void fingerprint_print(struct buf *to, const void *blob, size_t n);

#endif
