/*
 * What -L and -R are given: [ADDRESS:]PORT:HOST:HOSTPORT, an IPv6 address in
 * brackets.
 */
#ifndef SSH_FORWARDSPEC_H
#define SSH_FORWARDSPEC_H

#include "base/fault.h"

struct forwardspec {
	char *address; /* to listen on; NULL: loopback.  "*" is any */
	int port; /* to listen on; 0: a free one */
	char *host; /* to connect to */
	int host_port;
};

/* 0, or -1 with a FAULT_USAGE that names the option. */
int forwardspec_parse(struct forwardspec *to, const char *option,
    const char *text, struct fault *f);
void forwardspec_release(struct forwardspec *s);

#endif
