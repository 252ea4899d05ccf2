/*
 * A login under way, as the methods see it: auth.c has the order of methods,
 * auth_candidates.c and auth_keys.c publickey, auth_password.c password and
 * auth_interactive.c keyboard-interactive.
 */
#ifndef SSH_AUTH_INTERNAL_H
#define SSH_AUTH_INTERNAL_H

#include "ssh/auth.h"

/* What came of trying a method. */
enum auth_result {
	AUTH_FAULT = -1, /* the connection is of no use; a fault says why */
	AUTH_FAILED, /* not accepted: another method */
	AUTH_PARTIAL, /* accepted, but the server wants more */
	AUTH_DONE, /* logged in */
};

struct login {
	struct transport *t;
	const struct settings *s;
	const struct access *access;
	struct auth_tried *tried;
	struct deadline d;
	int offered; /* keys, on this connection */
	bool keys_wanted; /* they were looked for */
	bool password_refused;
	bool password_last; /* the server hung up after it */
	struct buf notes; /* what could not be used, for the message */
};

/* A key to offer. */
struct auth_candidate {
	struct blob blob;
	struct blob key; /* the same, or what a certificate is for */
	const char *path; /* of the private key; NULL: the agent has it */
};

enum { AUTH_CANDIDATES = 128 };

struct auth_candidates {
	struct auth_candidate items[AUTH_CANDIDATES];
	size_t n;
};

/* Fills an empty list in the order in which to offer them; why others are not
 * among them is noted. */
void auth_gather(struct login *l, struct auth_candidates *all);

/* Whether a public key is that of a token. */
bool auth_is_token(const struct blob *key);

/* Runs one request of libssh2's: its result, and what the server said. */
enum auth_result auth_request(
    struct login *l, transport_step *step, void *arg, int *rc, struct fault *f);

/* Whether there is a password, or somebody who may be asked. */
bool auth_password_possible(const struct login *l);

/* The password of all hosts; NULL with a fault. */
const struct secret *auth_password_get(struct login *l, struct fault *f);

/* What the server's answer says about it. */
void auth_password_tell(
    struct login *l, enum auth_result r, const struct fault *f);

enum auth_result auth_try_keys(struct login *l, struct fault *f);
enum auth_result auth_try_password(struct login *l, struct fault *f);
enum auth_result auth_try_interactive(struct login *l, struct fault *f);

/* A person was asked: the server's time for us starts anew, as far as it is
 * ours. */
void auth_asked(struct login *l);

#endif
