/*
 * Addresses of clients, IPv4 ones in their IPv6 form, and sets of them.  Pure.
 */
#ifndef HTTP_ADDRESS_H
#define HTTP_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { ADDRESS_TEXT_MAX = 46, ADDRESS_NETS_MAX = 64 };

struct address {
	uint8_t bytes[16];
};

struct address_net {
	struct address address;
	int bits; /* of the 128 */
};

struct address_nets {
	struct address_net at[ADDRESS_NETS_MAX];
	size_t n;
};

struct address address_of(const struct sockaddr *sa);

/* As text, IPv4 in its own form. */
void address_format(const struct address *a, char text[ADDRESS_TEXT_MAX]);

/* 127.0.0.0/8 or ::1. */
bool address_is_loopback(const struct address *a);

/* Parses "10.0.0.0/8", "10.1.2.3", "fd00::/8".  0 or -1. */
int address_parse_net(const char *text, struct address_net *net);

/* Whether one of the nets holds the address. */
bool address_in(const struct address *a, const struct address_nets *nets);

#endif
