#include "hosts/fold.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "hosts/range.h"
#include "hosts/runs.h"
#include "hosts/vectors.h"

/*
 * A host's text is taken apart into a pattern, in which each number of its
 * name is replaced by HOLE, and the numbers.  Hosts of one pattern are folded
 * together; patterns stand in the order of their texts.
 */

enum {
	HOLE = '\001', /* no name holds it */
	TEXT_MAX = 1024 /* bytes of a pattern */
};

struct group {
	char *pattern;
	size_t dims;
	struct index *tuples; /* dims for each host */
	size_t count, cap; /* hosts */
	struct vectors vectors; /* the hosts, once folded */
};

struct fold {
	struct group *groups;
	size_t count, cap;
	uint32_t *slots; /* index of a group plus 1, hashed by pattern */
	size_t slot_count;
	size_t last; /* the group that was added to last */
	struct buf pattern; /* of the host that is being added */
	int is_folded;
};

struct fold *
fold_new(void)
{
	struct fold *f = mem_alloc(1, sizeof(*f));

	buf_init(&f->pattern, TEXT_MAX);
	return f;
}

void
fold_free(struct fold *f)
{
	size_t i;

	if (!f)
		return;
	for (i = 0; i < f->count; i++) {
		mem_free(f->groups[i].pattern);
		mem_free(f->groups[i].tuples);
		vectors_release(&f->groups[i].vectors);
	}
	mem_free(f->groups);
	buf_release(&f->pattern);
	mem_free(f->slots);
	mem_free(f);
}

static uint32_t
hash(const char *text)
{
	uint32_t h = 2166136261U; /* FNV-1a */

	for (; *text; text++)
		h = (h ^ (uint8_t)*text) * 16777619U;
	return h ^ h >> 15;
}

static uint32_t *
find_slot(const struct fold *f, const char *pattern)
{
	size_t mask = f->slot_count - 1, at = hash(pattern) & mask;

	while (f->slots[at] &&
	    strcmp(f->groups[f->slots[at] - 1].pattern, pattern))
		at = (at + 1) & mask;
	return &f->slots[at];
}

static void
grow(struct fold *f)
{
	size_t i;

	f->cap = f->cap ? 2 * f->cap : 8;
	f->groups = mem_realloc(f->groups, f->cap * sizeof(*f->groups));
	mem_free(f->slots);
	f->slot_count = 4 * f->cap;
	f->slots = mem_alloc(f->slot_count, sizeof(*f->slots));
	for (i = 0; i < f->count; i++)
		*find_slot(f, f->groups[i].pattern) = (uint32_t)i + 1;
}

static struct group *
find_group(struct fold *f, const char *pattern, size_t dims)
{
	uint32_t *slot;

	if (f->count && !strcmp(f->groups[f->last].pattern, pattern))
		return &f->groups[f->last];
	if (f->count == f->cap)
		grow(f);
	slot = find_slot(f, pattern);
	if (!*slot) {
		f->groups[f->count++] = (struct group){
		    .pattern = mem_strdup(pattern), .dims = dims};
		*slot = (uint32_t)f->count;
	}
	f->last = *slot - 1;
	return &f->groups[f->last];
}

static void
add_numbers(struct fold *f, const char *pattern, const struct index *numbers,
    size_t dims)
{
	struct group *g = find_group(f, pattern, dims);

	if (g->count == g->cap && dims) {
		g->cap = g->cap ? 2 * g->cap : 4;
		g->tuples =
		    mem_realloc(g->tuples, g->cap * dims * sizeof(*g->tuples));
	}
	if (dims)
		memcpy(g->tuples + g->count * dims, numbers,
		    dims * sizeof(*numbers));
	g->count++;
}

/* The pattern of a name and its numbers; those with more digits than are
 * folded stay in the pattern. */
static size_t
split_name(struct buf *pattern, const char *name, struct index *numbers)
{
	size_t count = 0;
	struct index n;
	const char *p;

	for (; *name; name = p + n.digits) {
		for (p = name; *p && !(*p >= '0' && *p <= '9');)
			p++;
		if (p > name)
			buf_append(pattern, name, (size_t)(p - name));
		n = index_read(p);
		if (n.digits > RANGE_DIGITS_MAX || count == VECTORS_DIMS_MAX) {
			buf_append(pattern, p, n.digits);
		} else if (n.digits) {
			numbers[count++] = n;
			buf_putc(pattern, HOLE);
		}
	}
	return count;
}

void
fold_add(struct fold *f, const struct host *h)
{
	struct index numbers[VECTORS_DIMS_MAX];
	size_t dims = 0;

	buf_clear(&f->pattern);
	if (strchr(h->name, ':')) {
		host_print(&f->pattern, h);
	} else {
		if (h->user)
			buf_printf(&f->pattern, "%s@", h->user);
		dims = split_name(&f->pattern, h->name, numbers);
		if (h->port)
			buf_printf(&f->pattern, ":%d", h->port);
	}
	add_numbers(f, buf_str(&f->pattern), numbers, dims);
}

/* ClusterShell writes a number's place as "%s" when it sorts patterns. */
static int
compare_groups(const void *a, const void *b)
{
	const char *x = ((const struct group *)a)->pattern;
	const char *y = ((const struct group *)b)->pattern;
	int c, d;

	for (; *x && *x == *y; x++)
		y++;
	c = *x == HOLE ? '%' : (unsigned char)*x;
	d = *y == HOLE ? '%' : (unsigned char)*y;
	return c != d ? c - d : (*x > *y) - (*x < *y);
}

static void
fold_one_dimension(struct group *g)
{
	struct vector *v = mem_alloc(1, sizeof(*v));
	size_t i;

	for (i = 1; i < g->count; i++)
		if (index_compare(&g->tuples[i - 1], &g->tuples[i]) > 0)
			break;
	if (i < g->count)
		qsort(g->tuples, g->count, sizeof(*g->tuples), index_compare);
	v->sets = mem_alloc(1, sizeof(struct index *));
	v->counts = mem_alloc(1, sizeof(*v->counts));
	v->sets[0] = g->tuples;
	v->counts[0] = g->count;
	g->tuples = NULL;
	g->vectors = (struct vectors){.items = v, .count = 1, .dims = 1};
}

static void
fold_groups(struct fold *f)
{
	size_t i;

	if (f->is_folded)
		return;
	f->is_folded = 1;
	if (f->count)
		qsort(f->groups, f->count, sizeof(*f->groups), compare_groups);
	for (i = 0; i < f->count; i++) {
		struct group *g = &f->groups[i];

		if (g->dims == 1)
			fold_one_dimension(g);
		else if (g->dims > 1)
			vectors_fold(&g->vectors, g->tuples, g->count, g->dims);
		mem_free(g->tuples);
		g->tuples = NULL;
	}
}

static void
print_vector(struct buf *to, const char *pattern, const struct vector *v)
{
	size_t d = 0;

	for (; *pattern; pattern++) {
		if (*pattern != HOLE) {
			buf_putc(to, *pattern);
			continue;
		}
		runs_print(to, v->sets[d], v->counts[d]);
		d++;
	}
}

void
fold_print(struct fold *f, struct buf *to)
{
	size_t i, j, start = to->len;

	fold_groups(f);
	for (i = 0; i < f->count; i++) {
		const struct group *g = &f->groups[i];

		if (g->dims == 0 && to->len > start)
			buf_putc(to, ',');
		if (g->dims == 0)
			buf_puts(to, g->pattern);
		for (j = 0; j < g->vectors.count; j++) {
			if (to->len > start)
				buf_putc(to, ',');
			print_vector(to, g->pattern, &g->vectors.items[j]);
		}
	}
}

/* Called for each host in order, with its numbers. */
typedef void visitor(
    void *arg, const struct group *g, const struct index *numbers);

struct visit {
	visitor *visit;
	void *arg;
	const struct group *group;
};

static void
visit_tuple(void *arg, const struct index *numbers)
{
	const struct visit *v = arg;

	v->visit(v->arg, v->group, numbers);
}

static void
visit_hosts(struct fold *f, visitor *visit, void *arg)
{
	size_t i;

	fold_groups(f);
	for (i = 0; i < f->count; i++) {
		const struct group *g = &f->groups[i];
		struct visit v = {.visit = visit, .arg = arg, .group = g};

		if (g->dims == 0)
			visit(arg, g, NULL);
		else
			vectors_visit(&g->vectors, visit_tuple, &v);
	}
}

struct expansion {
	struct buf *to;
	char end;
};

static void
expand_host(void *arg, const struct group *g, const struct index *numbers)
{
	struct expansion *x = arg;
	size_t size = strlen(g->pattern) - g->dims + 1, d;
	char *start, *to;
	const char *p;

	for (d = 0; d < g->dims; d++)
		size += numbers[d].digits;
	to = start = buf_room(x->to, size);
	if (!start)
		return;
	for (p = g->pattern; *p; p++) {
		if (*p == HOLE)
			to = index_write(to, numbers++);
		else
			*to++ = *p;
	}
	*to++ = x->end;
	buf_grow(x->to, (size_t)(to - start));
}

void
fold_expand(struct fold *f, struct buf *to, char end)
{
	struct expansion x = {.to = to, .end = end};

	visit_hosts(f, expand_host, &x);
}

struct parts {
	struct fold *part;
	size_t count; /* hosts in part */
	size_t size, larger;
	struct buf *to;
};

static void
end_part(struct parts *p)
{
	if (p->count == 0)
		return;
	fold_print(p->part, p->to);
	buf_putc(p->to, '\n');
	fold_free(p->part);
	p->part = fold_new();
	p->count = 0;
	p->larger -= p->larger > 0;
}

static void
part_host(void *arg, const struct group *g, const struct index *numbers)
{
	struct parts *p = arg;

	if (p->count == p->size + (p->larger > 0))
		end_part(p);
	add_numbers(p->part, g->pattern, numbers, g->dims);
	p->count++;
}

void
fold_print_parts(struct fold *f, size_t size, size_t larger, struct buf *to)
{
	struct parts p = {
	    .part = fold_new(), .size = size, .larger = larger, .to = to};

	visit_hosts(f, part_host, &p);
	end_part(&p);
	fold_free(p.part);
}

void
host_fold(struct buf *to, const struct host *hosts, size_t n)
{
	struct fold *f = fold_new();
	size_t i;

	for (i = 0; i < n; i++)
		fold_add(f, &hosts[i]);
	fold_print(f, to);
	fold_free(f);
}
