/*
 * Certificates of users' keys (PROTOCOL.certkeys of OpenSSH), as far as a
 * client has to know them.
 */
#ifndef SSH_CERTIFICATE_H
#define SSH_CERTIFICATE_H

#include <stdbool.h>

#include "ssh/blob.h"

/* Whether a public key is a certificate. */
bool certificate_is(const struct blob *key);

/* Whether it certifies that key. */
bool certificate_is_of(const struct blob *certificate, const struct blob *key);

/* Makes an algorithm's name that of a certificate the plain one: a part of it,
 * or a constant. */
void certificate_plain(struct blob *name);

/* Whether an algorithm's name is that of a key on a FIDO token, or of a
 * certificate for one (PROTOCOL.u2f of OpenSSH). */
bool certificate_is_token(const struct blob *name);

#endif
