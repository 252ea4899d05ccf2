/*
 * What transport.c and its hooks share, and nobody else sees.
 */
#ifndef SSH_TRANSPORT_INTERNAL_H
#define SSH_TRANSPORT_INTERNAL_H

#include "ssh/transport.h"

extern const char transport_parting[];

/* Of libraries before 1.11: the packet that offers a key. */
struct key_swap {
	int awaited; /* allocations until the packet's */
	uint8_t *packet; /* the library's, or NULL */
	uint8_t *buffer; /* NULL: nothing to swap */
	const uint8_t *blob;
	size_t n;
};

/* What is to stand at the end of that packet. */
struct tail_swap {
	const uint8_t *given; /* what the library puts there; NULL: nothing */
	size_t n;
	size_t at; /* in the packet */
	struct buf bytes;
};

enum {
	TRANSPORT_AGENTS = 16,
	TRANSPORT_FAREWELL_MAX = 400, /* bytes */
	TRANSPORT_HOST_KEY_MAX = 65536, /* bytes */
	TRANSPORT_MEMORY = 32 << 20, /* bytes that the library may have */
	TRANSPORT_SMALLEST = 128, /* bytes that it takes for one of data */
	TRANSPORT_TURN = 1 << 20 /* bytes read between two waits */
};

struct transport {
	LIBSSH2_SESSION *session;
	struct wait wait;
	int fd;
	struct buf queue; /* bytes that the socket did not take yet */
	struct kexinit server;
	struct buf host_key; /* that the server showed first */
	char *offered[KEXINIT_LISTS]; /* ours, or NULL */
	char early[512]; /* read ahead for single-byte reads */
	size_t early_at, early_len;
	/* Bytes of SSH- seen in a line, or -1: not its beginning. */
	int greeting;
	bool greeted; /* all four */
	struct block *blocks; /* memory that the library has */
	size_t memory; /* bytes of it */
	size_t windows; /* of channels that are not in the list, bytes */
	uint64_t received, sent; /* bytes */
	uint64_t waited; /* received, when we waited last */
	int64_t last_byte;
	int64_t last_keepalive;
	int unanswered; /* keep-alives since the last byte */
	int ended; /* errno of the end, -1 for an orderly one */
	bool settled;
	bool forced; /* the key has a command of its own */
	bool dead; /* hooks refuse, so that freeing never waits */
	/* transport_parting and the server's reason, if it told; or empty */
	struct buf farewell;
	const char *breach; /* what it did that it may not, or NULL */
	struct key_swap swap;
	struct tail_swap tail;
	struct transport_auth auth;
	LIBSSH2_CHANNEL *agents[TRANSPORT_AGENTS]; /* not taken yet */
	size_t n_agents;
	struct channel *channels;
	struct channel_opening *opening;
	uint32_t opened_id;
	uint32_t open_failure; /* reason of the last channel not opened */
};

/* The hooks, as libssh2 wants them; abstract points to the transport. */
ssize_t hook_send(libssh2_socket_t fd, const void *bytes, size_t n, int flags,
    void **abstract);
ssize_t hook_receive(
    libssh2_socket_t fd, void *bytes, size_t n, int flags, void **abstract);
void hook_debug(LIBSSH2_SESSION *session, int always, const char *message,
    int n, const char *language, int language_n, void **abstract);
void hook_disconnect(LIBSSH2_SESSION *session, int reason, const char *message,
    int n, const char *language, int language_n, void **abstract);
void *hook_alloc(size_t n, void **abstract);
void *hook_realloc(void *old, size_t n, void **abstract);
void hook_free(void *p, void **abstract);

/* Bytes of memory that hook_alloc has given. */
size_t hook_size(const void *p);

/* The allocator has given memory, is about to free it. */
void sign_allocated(struct transport *t, uint8_t *p);
void sign_freed(struct transport *t, const void *p);

/* A packet, as far as it may be looked at, behind its type; other memory may
 * look like one. */
void hook_see(struct transport *t, uint8_t type, struct blob packet);

/* Frees what the library has forgotten: in a key exchange that breaks off, or
 * with names that a server sends twice. */
void hook_release(struct transport *t);

/* If the lists of both sides have nothing in common, fills the fault with
 * them and returns 1. */
int algorithms_explain(struct transport *t, struct fault *f);

/* Has the library keep the channels that the server opens for an agent. */
void transport_accept_agents(struct transport *t);

/* Sends what is queued as far as the socket takes it. */
void hook_flush(struct transport *t);

#endif
