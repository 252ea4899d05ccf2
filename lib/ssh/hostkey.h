/*
 * The host key of a connection: which types to ask for, and whether the key
 * that came is the host's.  It is always checked.
 */
#ifndef SSH_HOSTKEY_H
#define SSH_HOSTKEY_H

#include "hosts/settings.h"
#include "ssh/access.h"
#include "ssh/transport.h"

/* Before the key exchange: asks for the types by which the host is known
 * first, so that a host known by one key is not called changed because it has
 * another type of key too.  0, or -1 with FAULT_HOSTKEY. */
int hostkey_prefer(struct transport *t, const struct settings *s,
    struct keyring *keys, struct fault *f);

/* After it: 0 if the key is known, or new and accepted by the settings, a list
 * of fingerprints or somebody who is asked (then it is learned); -1 with FAULT_HOSTKEY that says why and what to do. */
int hostkey_check(struct transport *t, const struct settings *s,
    const struct access *access, struct fault *f);

/* The key that the server has shown; borrowed.  0, or -1 with
 * FAULT_HOSTKEY. */
int hostkey_shown(struct transport *t, struct blob *key, struct fault *f);

/* Whether no key of the host is known. */
bool hostkey_is_stranger(const struct settings *s, const struct access *access);

#endif
