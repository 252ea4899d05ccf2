/*
 * The hops of ProxyJump: `[user@]host[:port]` or `ssh://` URIs, with commas.
 */
#ifndef HOSTS_JUMP_H
#define HOSTS_JUMP_H

#include "base/fault.h"
#include "hosts/words.h"

/* Appends the hops, nearest first, each as host_list_add takes it.  -1 with a
 * FAULT_USAGE; some may have been added then. */
int jump_parse(struct words *hops, const char *text, struct fault *f);

#endif
