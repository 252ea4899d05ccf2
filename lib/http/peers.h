/*
 * Who is connected: how many connections each address has, with a limit, and
 * how many different clients there were.  Shared by the threads.  Loopback is
 * one client without a limit: connections that SSH carries come from there,
 * from many hosts.
 */
#ifndef HTTP_PEERS_H
#define HTTP_PEERS_H

#include <stdbool.h>
#include <stddef.h>

#include "http/address.h"

struct peers;

/* At most limit connections an address. */
struct peers *peers_new(int limit);
void peers_free(struct peers *p);

/* A connection begins: false where its address has too many. */
bool peers_enter(struct peers *p, const struct address *a);

/* One that was let in ends. */
void peers_leave(struct peers *p, const struct address *a);

/* Different clients so far. */
size_t peers_count(struct peers *p);

#endif
