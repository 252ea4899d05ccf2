/*
 * What keyring.c (private keys, agents) and keyring_public.c (public keys,
 * certificates) share.
 */
#ifndef SSH_KEYRING_INTERNAL_H
#define SSH_KEYRING_INTERNAL_H

#include <pthread.h>

#include "hosts/words.h"
#include "ssh/keyring.h"
#include "ssh/changes.h"

enum {
	KEYRING_FILE_MAX = 256 * 1024,
	KEYRING_AGENT_KEYS = 256,
	KEYRING_TOLD = 64
};

struct key_entry {
	char *path;
	struct key *key; /* NULL: fault says why */
	struct fault fault;
	bool locked; /* it has a passphrase, which nobody has given */
	pthread_mutex_t asking; /* held by who asks for it */
	bool given_up; /* with asking held: they did not know it */
	struct key_entry *next;
};

struct public_entry {
	char *path;
	struct buf blob;
	struct public_entry *next;
};

enum agent_state { AGENT_NEW, AGENT_ASKED, AGENT_LISTED };

/* While it is asked, blobs and n are the asking thread's. */
struct agent_entry {
	char *path;
	enum agent_state state;
	struct buf blobs[KEYRING_AGENT_KEYS];
	size_t n;
	struct fault fault; /* for which it is of no use */
	struct agent_entry *next;
};

/* Entries are added and never removed, and a key that is there stays, so what
 * is borrowed stays valid. */
struct keyring {
	pthread_mutex_t lock;
	struct key_entry *keys;
	struct public_entry *publics;
	struct agent_entry *agents;
	struct changes listing; /* for an agent's list */
	struct changes touching; /* for a token */
	bool token_taken;
	struct blob accepted; /* of one of them */
	struct knownhosts *known;
	struct words told; /* KEYRING_TOLD at most */
};

struct blob keyring_view(const struct buf *b);
void keyring_free_publics(struct public_entry *e);

#endif
