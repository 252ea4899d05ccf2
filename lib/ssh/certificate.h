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

/* Cuts what makes an algorithm's name that of a certificate off its end. */
void certificate_plain(struct blob *name);

#endif
