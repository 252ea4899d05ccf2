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
	uint64_t *slots; /* a name's hash, and its host's index plus 1 in the
			  * lower half; 0: free */
	size_t slot_count; /* a power of 2, over twice the hosts; or 0 */
	struct block *blocks;
};

static uint32_t
hash_name(const char *name)
{
	uint32_t h = 2166136261U; /* FNV-1a */

	/* Prefixes scatter; names that differ in their last byte alone, as
	 * numbers in a row do, lie close to each other, where the next lookup
	 * finds them in the cache. */
	for (; *name && name[1]; name++)
		h = (h ^ (uint8_t)*name) * 16777619U;
	h = (h ^ h >> 16) * 0x85ebca6bU; /* numbers in a row must scatter */
	h = (h ^ h >> 13) * 0xc2b2ae35U;
	return (h ^ h >> 16) ^ (uint8_t)*name;
}

static size_t
next_slot(const struct host_list *l, size_t at)
{
	return (at + 1) & (l->slot_count - 1);
}

static uint64_t
slot_of(uint32_t hash, size_t index)
{
	return (uint64_t)hash << 32 | (uint64_t)(index + 1);
}

static struct host *
host_of(const struct host_list *l, uint64_t slot)
{
	return &l->hosts[(uint32_t)slot - 1];
}

static void
slot_fill(struct host_list *l, size_t index)
{
	uint32_t hash = hash_name(l->hosts[index].name);
	size_t at = hash & (l->slot_count - 1);

	while (l->slots[at])
		at = next_slot(l, at);
	l->slots[at] = slot_of(hash, index);
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

void
host_list_reserve(struct host_list *l, size_t n)
{
	size_t want = l->count + n, slots = l->slot_count ? l->slot_count : 32;

	if (want > l->cap) {
		l->cap = want > 2 * l->cap ? want : 2 * l->cap;
		l->hosts = mem_realloc(l->hosts, l->cap * sizeof(*l->hosts));
	}
	while (slots < 2 * want)
		slots *= 2;
	if (slots > l->slot_count)
		rebuild_slots(l, slots);
}

/* A walk through the hosts of one name. */
struct walk {
	const char *name;
	uint32_t hash;
	size_t at; /* the slot to look at; in the end a free one */
};

static void
walk_start(struct walk *w, const struct host_list *l, const char *name)
{
	w->name = name;
	w->hash = hash_name(name);
	w->at = l->slot_count ? w->hash & (l->slot_count - 1) : 0;
}

/* The next host of the name, or NULL at the end. */
static struct host *
walk_next(struct walk *w, const struct host_list *l)
{
	struct host *h;

	if (!l->slot_count)
		return NULL;
	while (l->slots[w->at]) {
		uint64_t slot = l->slots[w->at];

		if (slot >> 32 == w->hash) {
			h = host_of(l, slot);
			if (!strcmp(h->name, w->name)) {
				w->at = next_slot(l, w->at);
				return h;
			}
		}
		w->at = next_slot(l, w->at);
	}
	return NULL;
}

/* The very host; else NULL, w being where it would go. */
static struct host *
find(const struct host_list *l, const struct host *wanted, struct walk *w)
{
	struct host *h;

	walk_start(w, l, wanted->name);
	while ((h = walk_next(w, l)))
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
	const struct host *last;
	struct host *known;
	struct host copy = {.port = h->port};
	struct walk w;

	host_list_reserve(l, 1);
	known = find(l, h, &w);
	if (known) {
		if (!known->options)
			known->options = keep_text(l, h->options, NULL);
		return 0;
	}
	if (l->count == HOST_LIST_MAX)
		return -1;
	last = l->count ? &l->hosts[l->count - 1] : NULL;
	copy.name = keep_text(l, h->name, NULL);
	copy.user = keep_text(l, h->user, last ? last->user : NULL);
	copy.options = keep_text(l, h->options, last ? last->options : NULL);
	l->slots[w.at] = slot_of(w.hash, l->count);
	l->hosts[l->count++] = copy;
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
	struct walk w;

	return find(l, h, &w) != NULL;
}

/* Whether one of the list, without user or port standing for any, is h. */
static bool
matches(const struct host_list *l, const struct host *h)
{
	const struct host *m;
	struct walk w;

	walk_start(&w, l, h->name);
	while ((m = walk_next(&w, l))) {
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

	if (by->count == 0 && !keep)
		return;
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
	struct walk w;

	walk_start(&w, l, h->name);
	while ((other = walk_next(&w, l))) {
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
