/*
 * What connecting takes, besides a host's own settings: shared by all hosts
 * of a run, and safe for any number of threads.
 */
#ifndef SSH_ACCESS_H
#define SSH_ACCESS_H

#include "ssh/keyring.h"

struct access {
	struct keyring *keys; /* private keys, agents, known hosts */
};

#endif
