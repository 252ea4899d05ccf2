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
	size_t counted; /* of a window, for the library's memory, bytes */
	enum channel_end ended;
	bool eof_sent;
	uint32_t window; /* to be kept open for what we receive, bytes */
	int64_t round_trip; /* milliseconds that an answer took, at least */
	int status; /* 255 where it is more */
	char signal_name[32];
	/* By stream, the bytes that we have read, and those in packets that
	 * the library is done with: the others are what it threw away. */
	uint64_t taken[2], done[2];
	/* What it still had when it failed, and would give to nobody. */
	bool salvaging;
	struct buf salvaged[2];
	struct channel *next;
};

enum {
	CHANNEL_WINDOW = 2 << 20, /* enough where answers come at once */
	CHANNEL_SALVAGED_MAX = 64 << 20 /* more than any window */
};

/* An answer has come to what was sent then, the first or another one. */
void channel_measure(struct channel *c, int64_t sent);

#endif
