/*
 * A client of ssh-agent (draft-ietf-sshm-ssh-agent; PROTOCOL.agent of
 * OpenSSH): lists the keys, and has data signed.  A connection belongs to one
 * thread.
 */
#ifndef SSH_AGENT_H
#define SSH_AGENT_H

#include "base/buf.h"
#include "base/fault.h"
#include "ssh/blob.h"
#include "ssh/wait.h"

/* Calls found(arg, public key, comment) for each key that the agent at path
 * holds.  0, or -1 with FAULT_AUTH. */
typedef void agent_found(
    void *arg, const struct blob *key, const struct blob *comment);
int agent_list(const char *path, const struct wait *w, agent_found *found,
    void *arg, struct fault *f);

struct agent_request {
	const char *path; /* of the agent's socket */
	const struct wait *wait;
	const struct deadline *deadline; /* a token may want to be touched */
	void (*slow)(void *arg); /* called once, if it takes AGENT_SLOW_MS */
	void *arg;
	struct blob key;
	struct blob algorithm; /* of the signature: the hash of RSA keys */
	struct blob data;
};

enum { AGENT_SLOW_MS = 1000 /* a person may have to do something */ };

/* Has data signed by the key.  The signature is appended as SSH sends it (RFC
 * 4253, section 6.6): string algorithm, and what that has.  0, or -1 with
 * FAULT_AUTH; FAULT_CANCELLED. */
int agent_sign(
    const struct agent_request *r, struct buf *signature, struct fault *f);

#endif
