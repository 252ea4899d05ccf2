/*
 * The sockets that listen.
 */
#ifndef HTTP_LISTEN_H
#define HTTP_LISTEN_H

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "http/address.h"

enum {
	LISTEN_MAX = 16,
	LISTEN_TEXT_MAX = 64 /* an address, with an interface: fe80::1%eth0 */
};

struct listeners {
	int fd[LISTEN_MAX];
	char name[LISTEN_MAX][LISTEN_TEXT_MAX]; /* the address of each */
	size_t n;
	uint16_t port;
	const char *address; /* that was bound: the one to tell others */
	const char *reach; /* that reaches it from here */
};

/* Binds and listens, non-blocking and close-on-exec: on 127.0.0.1 and, where
 * there is IPv6, ::1 (address NULL), on the address, or on all addresses of
 * the interface of this name, all at the same port; port 0 is one that is
 * free.  0, or -1 with a fault that names address and port. */
int listen_open(
    struct listeners *l, const char *address, uint16_t port, struct fault *f);
void listen_close(struct listeners *l);

#endif
