/*
 * Login (RFC 4252): the keys in the order in which ssh tries them.
 */
#ifndef SSH_AUTH_H
#define SSH_AUTH_H

#include "hosts/settings.h"
#include "ssh/keyring.h"
#include "ssh/transport.h"

/* Logs in as the settings' user: keys of the agent that stand among the
 * identity files, further keys of the agent unless IdentitiesOnly, then the
 * files.  0, or -1 with FAULT_AUTH that says what was tried. */
int auth_login(struct transport *t, const struct settings *s,
    struct keyring *keys, const struct deadline *d, struct fault *f);

#endif
