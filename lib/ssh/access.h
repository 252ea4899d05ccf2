/*
 * What connecting takes, besides a host's own settings: shared by all hosts
 * of a run, and safe for any number of threads.  All is borrowed.
 */
#ifndef SSH_ACCESS_H
#define SSH_ACCESS_H

#include <stdatomic.h>
#include <stdint.h>

#include "ssh/keyring.h"
#include "ssh/newkeys.h"
#include "ssh/password.h"

struct forwards;
struct gateway;
struct gateways;
struct startups;

struct access {
	struct keyring *keys; /* private keys, agents, known hosts */
	struct newkeys *newkeys; /* unknown host keys; NULL: refused */
	struct password *password; /* to log in with; NULL: none */
	struct startups
	    *startups; /* bounds logins at once; NULL: nothing does */
	struct gateways *gateways; /* jump hosts; NULL: none */
	struct gateway *self; /* the jump host that connects, or NULL */
	atomic_int *questions; /* counts what a person was asked; or NULL */
	const struct forwards *forwards; /* -L, -R; or NULL */
	uint32_t window; /* bytes of a receive window; 0: 1 MB */
};

#endif
