/*
 * Folded text of hosts: `web[03,07-08],root@n[1-2]-ib[0-1]:2222`, the same as
 * ClusterShell's `nodeset -f` prints where it knows the input, and the order
 * of `nodeset -e`.  Digits of users, ports and addresses are not folded.
 */
#ifndef HOSTS_FOLD_H
#define HOSTS_FOLD_H

#include <stddef.h>

#include "base/buf.h"
#include "hosts/host.h"

struct fold;

struct fold *fold_new(void);
void fold_free(struct fold *f);

/* Adds a host, which is copied; none may be added twice, and none after one
 * of the functions below was called. */
void fold_add(struct fold *f, const struct host *h);

/* Appends the folded text. */
void fold_print(struct fold *f, struct buf *to);

/* Appends every host's text in order, each followed by the byte end. */
void fold_expand(struct fold *f, struct buf *to, char end);

/* Appends lines of folded text, each of `size` hosts in order, the first
 * `larger` lines of one more.  size and larger are not both 0. */
void fold_print_parts(
    struct fold *f, size_t size, size_t larger, struct buf *to);

/* Appends the folded text of n hosts. */
void host_fold(struct buf *to, const struct host *hosts, size_t n);

#endif
