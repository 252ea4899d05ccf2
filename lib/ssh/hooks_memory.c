/*
 * The memory hooks of a session.  The allocator keeps the size of each block in
 * front of it: when the library frees a packet, that tells how far it may be
 * looked at.  It knows all blocks, for the library forgets some.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"
#include "ssh/blob.h"
#include "ssh/channel_internal.h"
#include "ssh/transport_internal.h"

struct block {
	struct block *next, **from; /* what points to it */
	size_t n;
	max_align_t bytes[];
};

static void
link_block(struct transport *t, struct block *b)
{
	b->next = t->blocks;
	b->from = &t->blocks;
	if (b->next)
		b->next->from = &b->next;
	t->blocks = b;
}

static void
unlink_block(struct block *b)
{
	*b->from = b->next;
	if (b->next)
		b->next->from = b->from;
}

static struct block *
block_of(const void *p)
{
	return (struct block *)((uintptr_t)p - offsetof(struct block, bytes));
}

size_t
hook_size(const void *p)
{
	return block_of(p)->n;
}

/* Bytes of output that the library has for us. */
static size_t
unread(const struct transport *t)
{
	const struct channel *c;
	unsigned long n;
	size_t sum = 0;

	for (c = t->channels; c; c = c->next) {
		n = 0;
		if (c->raw)
			(void)libssh2_channel_window_read_ex(c->raw, &n, NULL);
		sum += n;
	}
	return sum;
}

/* The library keeps each message that nobody awaits; all it may have is what
 * has come on its channels, in the smallest of packets, and some more. */
static bool
has_room(struct transport *t, size_t n)
{
	if (t->memory + n <= TRANSPORT_MEMORY ||
	    t->memory + n <= TRANSPORT_MEMORY +
		    (t->windows + unread(t)) * TRANSPORT_SMALLEST)
		return true;
	t->breach = "the server sends more than anybody asked for";
	return false;
}

static void *
give(struct transport *t, size_t n)
{
	struct block *b = malloc(sizeof(*b) + n);

	if (!b)
		return NULL;
	b->n = n;
	link_block(t, b);
	t->memory += n;
	sign_allocated(t, (uint8_t *)b->bytes);
	/* cppcheck-suppress memleak ; the library holds what is inside */
	return b->bytes;
}

void *
hook_alloc(size_t n, void **abstract)
{
	struct transport *t = *abstract;

	return has_room(t, n) ? give(t, n) : NULL;
}

/* Not bounded: what is ours does not depend on what the server sends. */
void *
transport_alloc(struct transport *t, size_t n)
{
	void *p = give(t, n);

	if (!p)
		mem_exhausted();
	return p;
}

void *
hook_realloc(void *old, size_t n, void **abstract)
{
	struct transport *t = *abstract;
	bool is_packet = old && old == t->swap.packet;
	struct block *b;

	if (!old)
		return hook_alloc(n, abstract);
	if (!has_room(t, n))
		return NULL;
	b = block_of(old);
	unlink_block(b);
	t->memory -= b->n;
	b = mem_realloc(b, sizeof(*b) + n);
	b->n = n;
	link_block(t, b);
	t->memory += n;
	if (is_packet)
		t->swap.packet = (uint8_t *)b->bytes;
	/* cppcheck-suppress memleak ; the library holds what is inside */
	return b->bytes;
}

static void
release_block(struct transport *t, struct block *b)
{
	unlink_block(b);
	t->memory -= b->n;
	/* a password may have been in it */
	if (!t->settled)
		secret_wipe(b->bytes, b->n);
	free(b);
}

void
hook_free(void *p, void **abstract)
{
	struct transport *t = *abstract;
	struct blob packet;
	struct block *b;
	uint8_t type;

	if (!p)
		return;
	sign_freed(t, p);
	b = block_of(p);
	packet = (struct blob){.p = p, .n = b->n};
	if (!blob_get_u8(&packet, &type))
		hook_see(t, type, packet);
	release_block(t, b);
}

void
hook_release(struct transport *t)
{
	struct block *b, *next;

	for (b = t->blocks; b; b = next) {
		next = b->next;
		secret_wipe(b->bytes, b->n);
		free(b);
	}
	t->blocks = NULL;
	t->memory = 0;
}
