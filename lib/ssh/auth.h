/*
 * Login (RFC 4252): the methods in the order in which ssh tries them, keys,
 * keyboard-interactive (RFC 4256) and password, until the server is content.
 */
#ifndef SSH_AUTH_H
#define SSH_AUTH_H

#include "hosts/settings.h"
#include "ssh/access.h"
#include "ssh/transport.h"

enum {
	AUTH_TRIED_MAX = 64 /* keys */
};

/* Which keys a server has refused: it may hang up after some, and is then
 * asked again with the others.  All zero at first; blobs are borrowed from the
 * keyring. */
struct auth_tried {
	struct blob keys[AUTH_TRIED_MAX];
	size_t n;
	bool hung_up; /* it did, and there may be others */
	char words[256]; /* how it did, for the message; or empty */
	bool unjudged; /* it hung up at the first key, without a word */
};

/* Logs in as the settings' user, in AUTH_MS at most, not counting the time
 * that people take.  0, or -1 with FAULT_AUTH that says what was tried; with
 * tried->hung_up another connection is worth while. */
int auth_login(struct transport *t, const struct settings *s,
    const struct access *access, struct auth_tried *tried, struct fault *f);

#endif
