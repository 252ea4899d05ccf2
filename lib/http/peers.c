#include "http/peers.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/mem.h"
#include "base/nonce.h"

enum {
	FIRST_SLOTS = 64, /* a power of two, as all sizes of the table */
	SLOTS_MAX = 131072 /* beyond half of them, addresses are not counted */
};

struct slot {
	struct address address;
	int open; /* connections */
	bool used;
};

struct peers {
	atomic_int local; /* somebody came from loopback */
	int limit;
	uint64_t key; /* so that nobody can choose colliding addresses */
	pthread_mutex_t lock; /* guards what follows */
	struct slot *slots;
	size_t size, n;
};

struct peers *
peers_new(int limit)
{
	struct peers *p = mem_alloc(1, sizeof(*p));

	p->limit = limit;
	nonce_bytes(&p->key, sizeof(p->key));
	pthread_mutex_init(&p->lock, NULL);
	return p;
}

void
peers_free(struct peers *p)
{
	if (!p)
		return;
	pthread_mutex_destroy(&p->lock);
	mem_free(p->slots);
	mem_free(p);
}

/* The slot of the address, or the free one where it belongs. */
static struct slot *
find(struct peers *p, const struct address *a)
{
	uint64_t half[2], hash;
	size_t i;

	memcpy(half, a, sizeof(half));
	hash = (half[0] ^ p->key) * 0x9e3779b97f4a7c15;
	hash = (hash ^ hash >> 32 ^ half[1]) * 0x9e3779b97f4a7c15;
	hash ^= hash >> 32;
	for (i = hash & (p->size - 1);; i = (i + 1) & (p->size - 1))
		if (!p->slots[i].used ||
		    !memcmp(&p->slots[i].address, a, sizeof(*a)))
			return &p->slots[i];
}

static void
grow(struct peers *p)
{
	struct slot *old = p->slots;
	size_t size = p->size, i;

	p->size = size ? 4 * size : FIRST_SLOTS;
	p->slots = mem_alloc(p->size, sizeof(*p->slots));
	for (i = 0; i < size; i++)
		if (old[i].used)
			*find(p, &old[i].address) = old[i];
	mem_free(old);
}

/* NULL where there is no room for one more address. */
static struct slot *
find_or_add(struct peers *p, const struct address *a)
{
	struct slot *slot;

	if (2 * p->n >= p->size && p->size < SLOTS_MAX)
		grow(p);
	slot = find(p, a);
	if (slot->used)
		return slot;
	if (2 * p->n >= p->size)
		return NULL;
	p->n++;
	slot->used = true;
	slot->address = *a;
	return slot;
}

bool
peers_enter(struct peers *p, const struct address *a)
{
	struct slot *slot;
	bool enters = true;

	if (address_is_loopback(a)) {
		atomic_store_explicit(&p->local, 1, memory_order_relaxed);
		return true;
	}
	pthread_mutex_lock(&p->lock);
	slot = find_or_add(p, a);
	if (slot && slot->open >= p->limit)
		enters = false;
	else if (slot)
		slot->open++;
	pthread_mutex_unlock(&p->lock);
	return enters;
}

void
peers_leave(struct peers *p, const struct address *a)
{
	struct slot *slot;

	if (address_is_loopback(a))
		return;
	pthread_mutex_lock(&p->lock);
	slot = find(p, a);
	if (slot->used && slot->open > 0)
		slot->open--;
	pthread_mutex_unlock(&p->lock);
}

size_t
peers_count(struct peers *p)
{
	size_t n;

	pthread_mutex_lock(&p->lock);
	n = p->n + (size_t)atomic_load(&p->local);
	pthread_mutex_unlock(&p->lock);
	return n;
}
