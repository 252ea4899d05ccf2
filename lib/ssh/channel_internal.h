/*
 * A channel as channel.c and the allocator's tap (hooks.c) see it.
 */
#ifndef SSH_CHANNEL_INTERNAL_H
#define SSH_CHANNEL_INTERNAL_H

#include "ssh/channel.h"

struct channel {
	struct transport *t;
	LIBSSH2_CHANNEL *raw;
	uint32_t id; /* ours, as the server's packets name it */
	enum channel_end ended;
	bool eof_sent;
	uint32_t window; /* to be kept open for what we receive, bytes */
	int64_t round_trip; /* milliseconds that an answer took, at least */
	char signal_name[32];
	struct channel *next;
};

#endif
