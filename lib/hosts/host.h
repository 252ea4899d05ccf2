/*
 * One host as its user named it, and the text that names it.
 */
#ifndef HOSTS_HOST_H
#define HOSTS_HOST_H

#include <stdbool.h>

#include "base/buf.h"

struct host {
	const char *user; /* or NULL */
	const char *name; /* a name, or an IPv6 address without brackets */
	int port; /* 0: not given */
	const char *options; /* words behind it in a host file, or NULL */
};

/* Appends [user@]name[:port], an IPv6 address in brackets: what can be given
 * as HOSTS again. */
void host_print(struct buf *to, const struct host *h);

/* The same user, name and port; options do not count. */
bool host_equal(const struct host *a, const struct host *b);

#endif
