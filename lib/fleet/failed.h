/*
 * --failed FILE: at every moment it holds the hosts that have not succeeded,
 * each with its ssh options and the reason as a comment, ready for -f.  It is
 * replaced by rename, by a thread of its own that writes the latest state.
 */
#ifndef FLEET_FAILED_H
#define FLEET_FAILED_H

#include "base/fault.h"
#include "hosts/list.h"

struct failed;

/* Writes all hosts, none of which has started.  path and hosts are borrowed.
 * NULL with FAULT_SYSTEM. */
struct failed *failed_open(
    const char *path, const struct host_list *hosts, struct fault *f);

/* What there is to say of a host that has not succeeded; NULL: it has. */
void failed_set(struct failed *l, size_t host, const char *reason);

/* Writes the last state and frees.  0, or -1 with FAULT_SYSTEM when the file
 * does not tell the truth.  NULL is allowed. */
int failed_close(struct failed *l, struct fault *f);

#endif
