#include "hosts/list.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"

/*
 * Hosts lie in one array in their order; a table of indices, hashed by name
 * alone, finds all hosts of one name, which dropping duplicates, exclusion
 * and labels ask for.  Texts lie in blocks that live as long as the list.
 */

enum { BLOCK_SIZE = 65536 };

struct block {
	struct block *next;
	size_t used;
	char text[BLOCK_SIZE];
};

struct host_list {
	struct host *hosts;
	size_t count, cap;
	uint32_t *slots; /* index of a host plus 1; 0: free */
	size_t slot_count; /* a power of 2, over twice the hosts; or 0 */
	struct block *blocks;
};

static uint32_t
hash_name(const char *name)
{
	uint32_t h = 2166136261U; /* FNV-1a */

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * 16777619U;
	return h ^ h >> 15;
}

static void
slot_fill(struct host_list *l, size_t index)
{
	size_t mask = l->slot_count - 1;
	size_t at = hash_name(l->hosts[index].name) & mask;

	while (l->slots[at])
		at = (at + 1) & mask;
	l->slots[at] = (uint32_t)index + 1;
}

static void
rebuild_slots(struct host_list *l, size_t slots)
{
	size_t i;

	mem_free(l->slots);
	l->slots = mem_alloc(slots, sizeof(*l->slots));
	l->slot_count = slots;
	for (i = 0; i < l->count; i++)
		slot_fill(l, i);
}

static void
make_room(struct host_list *l)
{
	if (l->count == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 16;
		l->hosts = mem_realloc(l->hosts, l->cap * sizeof(*l->hosts));
	}
	if (2 * l->count >= l->slot_count)
		rebuild_slots(l, l->slot_count ? l->slot_count * 2 : 32);
}

/* Goes through the hosts of one name: *at starts as SIZE_MAX.  NULL at the
 * end. */
static struct host *
next_of_name(const struct host_list *l, const char *name, size_t *at)
{
	size_t mask = l->slot_count - 1;
	struct host *h;

	if (!l->slot_count)
		return NULL;
	*at = *at == SIZE_MAX ? hash_name(name) & mask : (*at + 1) & mask;
	for (; l->slots[*at]; *at = (*at + 1) & mask) {
		h = &l->hosts[l->slots[*at] - 1];
		if (!strcmp(h->name, name))
			return h;
	}
	return NULL;
}

static struct host *
find(const struct host_list *l, const struct host *wanted)
{
	size_t at = SIZE_MAX;
	struct host *h;

	while ((h = next_of_name(l, wanted->name, &at)))
		if (host_equal(h, wanted))
			return h;
	return NULL;
}

/* A copy of text; users and options repeat, so the last ones are looked at
 * before anything is stored. */
static const char *
keep_text(struct host_list *l, const char *text, const char *last)
{
	size_t n;
	char *copy;

	if (!text)
		return NULL;
	if (last && !strcmp(text, last))
		return last;
	n = strlen(text) + 1;
	if (n > BLOCK_SIZE || !l->blocks || BLOCK_SIZE - l->blocks->used < n) {
		size_t extra = n > BLOCK_SIZE ? n - BLOCK_SIZE : 0;
		struct block *b =
		    mem_realloc(NULL, sizeof(struct block) + extra);

		b->next = l->blocks;
		b->used = 0;
		l->blocks = b;
	}
	copy = l->blocks->text + l->blocks->used;
	memcpy(copy, text, n);
	l->blocks->used += n > BLOCK_SIZE ? BLOCK_SIZE : n;
	return copy;
}

struct host_list *
host_list_new(void)
{
	return mem_alloc(1, sizeof(struct host_list));
}

void
host_list_free(struct host_list *l)
{
	struct block *b;

	if (!l)
		return;
	while ((b = l->blocks)) {
		l->blocks = b->next;
		mem_free(b);
	}
	mem_free(l->hosts);
	mem_free(l->slots);
	mem_free(l);
}

int
host_list_put(struct host_list *l, const struct host *h)
{
	struct host *known = find(l, h);
	const struct host *last = l->count ? &l->hosts[l->count - 1] : NULL;
	struct host copy = {.port = h->port};

	if (known) {
		if (!known->options)
			known->options = keep_text(l, h->options, NULL);
		return 0;
	}
	if (l->count == HOST_LIST_MAX)
		return -1;
	copy.name = keep_text(l, h->name, NULL);
	copy.user = keep_text(l, h->user, last ? last->user : NULL);
	copy.options = keep_text(l, h->options, last ? last->options : NULL);
	make_room(l);
	l->hosts[l->count++] = copy;
	slot_fill(l, l->count - 1);
	return 0;
}

size_t
host_list_count(const struct host_list *l)
{
	return l->count;
}

const struct host *
host_list_get(const struct host_list *l, size_t i)
{
	return &l->hosts[i];
}

bool
host_list_has(const struct host_list *l, const struct host *h)
{
	return find(l, h) != NULL;
}

/* Whether one of the list, without user or port standing for any, is h. */
static bool
matches(const struct host_list *l, const struct host *h)
{
	size_t at = SIZE_MAX;
	const struct host *m;

	while ((m = next_of_name(l, h->name, &at))) {
		if (m->port && m->port != h->port)
			continue;
		if (!m->user || (h->user && !strcmp(m->user, h->user)))
			return true;
	}
	return false;
}

void
host_list_filter(struct host_list *l, const struct host_list *by, bool keep)
{
	size_t i, kept = 0;

	for (i = 0; i < l->count; i++)
		if (matches(by, &l->hosts[i]) == keep)
			l->hosts[kept++] = l->hosts[i];
	if (kept == l->count)
		return;
	l->count = kept;
	rebuild_slots(l, l->slot_count);
}

struct host
host_list_label(const struct host_list *l, size_t i)
{
	const struct host *h = &l->hosts[i], *other;
	struct host label = {.name = h->name};
	struct host same = *h;
	size_t at = SIZE_MAX;

	while ((other = next_of_name(l, h->name, &at))) {
		if (other->port != h->port)
			label.port = h->port;
		same.port = other->port;
		if (!host_equal(&same, other))
			label.user = h->user;
	}
	return label;
}

char *
host_list_label_text(const struct host_list *l, size_t i)
{
	struct host label = host_list_label(l, i);
	struct buf text;

	if (!label.user && !label.port)
		return mem_strdup(label.name);
	buf_init(&text, 4096);
	host_print(&text, &label);
	return buf_steal(&text);
}
