#include "hosts/vectors.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "hosts/rankset.h"
#include "hosts/ranktable.h"

/*
 * ClusterShell begins with one product for each tuple.  It sorts them, joins
 * neighbours that differ in one dimension alone until no pass changes
 * anything, and then joins any two such, first ones first.  The products are
 * always disjoint, so whatever differs in one dimension alone can be joined.
 *
 * The last kind of pass compares all with all there.  Here a table finds the
 * products that agree in all dimensions but one, so that a pass stays linear.
 *
 * Numbers are replaced by their rank as texts ("10" before "9"), for so
 * ClusterShell compares them when it sorts products.
 */

struct product {
	struct rankset *sets;
	uint64_t size, hash;
	uint16_t dims; /* of all the same; here for comparing */
	uint32_t place; /* before sorting, to keep equal ones in order */
	bool is_gone;
};

struct fold_state {
	size_t dims, count;
	struct product *products;
	const struct index *numbers; /* by rank; borrowed */
};

static uint64_t
dimension_hash(const struct rankset *s, size_t dim)
{
	return rankset_mix(s->hash + dim * 0x9e3779b97f4a7c15);
}

static void
product_release(struct product *p)
{
	size_t d;

	for (d = 0; d < p->dims; d++)
		mem_free(p->sets[d].ranks);
}

/* The one dimension in which two products differ; dims where it is not
 * one. */
static size_t
single_difference(const struct product *a, const struct product *b, size_t dims)
{
	size_t d, found = dims;

	for (d = 0; d < dims; d++) {
		if (rankset_equal(&a->sets[d], &b->sets[d]))
			continue;
		if (found != dims)
			return dims;
		found = d;
	}
	return found;
}

static void
join(const struct fold_state *s, struct product *a, struct product *b,
    size_t dim)
{
	a->hash -= dimension_hash(&a->sets[dim], dim);
	rankset_join(&a->sets[dim], &b->sets[dim], s->numbers);
	a->hash += dimension_hash(&a->sets[dim], dim);
	a->size += b->size;
	product_release(b);
	b->is_gone = true;
}

/* Larger sets first, then by the ends. */
static int
compare_sets(const struct rankset *s, const struct rankset *t)
{
	if (s->count != t->count)
		return s->count > t->count ? -1 : 1;
	if (s->first != t->first)
		return s->first < t->first ? -1 : 1;
	return (s->last > t->last) - (s->last < t->last);
}

/* Larger products first, then by their sets from left to right. */
static int
compare_products(const void *a, const void *b)
{
	const struct product *x = a, *y = b;
	int c;

	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	for (size_t d = 0; d < x->dims; d++) {
		c = compare_sets(&x->sets[d], &y->sets[d]);
		if (c)
			return c;
	}
	return (x->place > y->place) - (x->place < y->place);
}

static void
sort(struct fold_state *s)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		s->products[i].place = (uint32_t)i;
	qsort(s->products, s->count, sizeof(*s->products), compare_products);
}

static void
drop_gone(struct fold_state *s)
{
	size_t i, kept = 0;

	for (i = 0; i < s->count; i++)
		if (!s->products[i].is_gone)
			s->products[kept++] = s->products[i];
	s->count = kept;
}

/* Joins each product with the ones right behind it. */
static bool
join_neighbours(struct fold_state *s)
{
	size_t i, next, dim;
	bool changed = false;

	for (i = 0; i < s->count; i = next) {
		for (next = i + 1; next < s->count; next++) {
			dim = single_difference(
			    &s->products[i], &s->products[next], s->dims);
			if (dim == s->dims)
				break;
			join(s, &s->products[i], &s->products[next], dim);
			changed = true;
		}
	}
	drop_gone(s);
	return changed;
}

/* A table of products by what they are in all dimensions but one: chains of
 * entries, number product * dims + dimension, in the order of products. */
struct table {
	uint32_t *heads; /* entry plus 1; 0: none */
	uint32_t *next;
	uint64_t mask;
};

static uint64_t
key_without(const struct product *p, size_t dim)
{
	return rankset_mix(p->hash - dimension_hash(&p->sets[dim], dim) + dim);
}

static void
table_build(struct table *t, const struct fold_state *s)
{
	size_t entries = s->count * s->dims, e;

	t->mask = 16;
	while (t->mask < 2 * entries)
		t->mask *= 2;
	t->heads = mem_alloc(t->mask, sizeof(*t->heads));
	t->next = mem_alloc(entries, sizeof(*t->next));
	t->mask--;
	for (e = entries; e-- > 0;) {
		uint64_t at = t->mask &
		    key_without(&s->products[e / s->dims], e % s->dims);

		t->next[e] = t->heads[at];
		t->heads[at] = (uint32_t)e + 1;
	}
}

/* The first product behind `after` that agrees with p in all dimensions but
 * dim; s->count where there is none.  Entries up to `done` are dropped. */
static size_t
find_partner(struct table *t, const struct fold_state *s,
    const struct product *p, size_t dim, size_t done, size_t after)
{
	uint32_t *link = &t->heads[key_without(p, dim) & t->mask];

	while (*link) {
		size_t e = *link - 1, i = e / s->dims;

		if (i <= done || s->products[i].is_gone) {
			*link = t->next[e];
			continue;
		}
		if (i > after && e % s->dims == dim &&
		    single_difference(p, &s->products[i], s->dims) == dim)
			return i;
		link = &t->next[e];
	}
	return s->count;
}

static bool
join_all_with(struct fold_state *s, struct table *t, size_t i)
{
	struct product *p = &s->products[i];
	size_t after = i, best, dim = 0, d, found;
	bool changed = false;

	for (;;) {
		best = s->count;
		for (d = 0; d < s->dims; d++) {
			found = find_partner(t, s, p, d, i, after);
			if (found < best) {
				best = found;
				dim = d;
			}
		}
		if (best == s->count)
			return changed;
		join(s, p, &s->products[best], dim);
		after = best;
		changed = true;
	}
}

static bool
join_any(struct fold_state *s)
{
	struct table t;
	bool changed = false;
	size_t i;

	table_build(&t, s);
	for (i = 0; i < s->count; i++)
		if (!s->products[i].is_gone)
			changed |= join_all_with(s, &t, i);
	mem_free(t.heads);
	mem_free(t.next);
	drop_gone(s);
	return changed;
}

/* Makes rows first to last in order, which differ in dim alone, a product. */
static void
add_product(struct fold_state *s, const struct ranktable *t, size_t first,
    size_t last, size_t dim, struct rankset *sets)
{
	const uint32_t *row = ranktable_row(t, first);
	struct product *p = &s->products[s->count++];
	size_t d;

	*p = (struct product){
	    .sets = sets, .size = last - first + 1, .dims = (uint16_t)s->dims};
	for (d = 0; d < s->dims; d++)
		rankset_one(&sets[d], row[d]);
	while (first++ < last)
		rankset_add(
		    &sets[dim], ranktable_row(t, first)[dim], s->numbers);
	for (d = 0; d < s->dims; d++)
		p->hash += dimension_hash(&sets[d], d);
}

/* The first sort and the first pass at once: most rows never are products of
 * their own. */
static void
start(struct fold_state *s, const struct ranktable *t, struct rankset *sets)
{
	size_t i, next, dim, other;

	s->products = mem_alloc(t->count, sizeof(*s->products));
	for (i = 0; i < t->count; i = next) {
		dim = s->dims;
		for (next = i + 1; next < t->count; next++) {
			other = ranktable_difference(t, i, next);
			if (other == s->dims || (next > i + 1 && other != dim))
				break;
			dim = other;
		}
		add_product(s, t, i, next - 1, dim, sets + s->count * s->dims);
	}
}

static void
reduce(struct fold_state *s)
{
	bool changed = true, all = false;

	while (changed) {
		sort(s);
		changed = all ? join_any(s) : join_neighbours(s);
		if (!changed && !all)
			changed = all = true;
	}
}

static void
take_set(
    const struct fold_state *s, const struct rankset *set, struct index *to)
{
	uint32_t i;

	for (i = 0; i < set->count; i++)
		to[i] = s->numbers[rankset_ranks(set)[i]];
	qsort(to, set->count, sizeof(*to), index_compare);
}

static void
take_result(struct vectors *v, const struct fold_state *s)
{
	size_t i, d;

	v->count = s->count;
	v->dims = s->dims;
	v->items = mem_alloc(s->count, sizeof(*v->items));
	for (i = 0; i < s->count; i++) {
		struct vector *to = &v->items[i];
		const struct rankset *sets = s->products[i].sets;

		to->sets = mem_alloc(s->dims, sizeof(struct index *));
		to->counts = mem_alloc(s->dims, sizeof(*to->counts));
		for (d = 0; d < s->dims; d++) {
			to->counts[d] = sets[d].count;
			to->sets[d] =
			    mem_alloc(sets[d].count, sizeof(**to->sets));
			take_set(s, &sets[d], to->sets[d]);
		}
		product_release(&s->products[i]);
	}
}

void
vectors_fold(
    struct vectors *v, const struct index *tuples, size_t n, size_t dims)
{
	struct fold_state s = {.dims = dims};
	struct rankset *sets = mem_alloc(n * dims, sizeof(*sets));
	struct ranktable t;

	ranktable_init(&t, tuples, n, dims);
	s.numbers = t.numbers;
	start(&s, &t, sets);
	reduce(&s);
	take_result(v, &s);
	mem_free(s.products);
	ranktable_release(&t);
	mem_free(sets);
}

/* Steps to the next combination, the last dimension turning fastest; false
 * when all have been. */
static bool
next_turn(size_t *turn, const struct vector *v, size_t dims)
{
	while (dims-- > 0) {
		if (++turn[dims] < v->counts[dims])
			return true;
		turn[dims] = 0;
	}
	return false;
}

void
vectors_visit(const struct vectors *v,
    void (*visit)(void *arg, const struct index *tuple), void *arg)
{
	struct index tuple[VECTORS_DIMS_MAX];
	size_t turn[VECTORS_DIMS_MAX], i, d;

	for (i = 0; i < v->count; i++) {
		memset(turn, 0, sizeof(turn));
		do {
			for (d = 0; d < v->dims; d++)
				tuple[d] = v->items[i].sets[d][turn[d]];
			visit(arg, tuple);
		} while (next_turn(turn, &v->items[i], v->dims));
	}
}

void
vectors_release(struct vectors *v)
{
	size_t i, d;

	for (i = 0; i < v->count; i++) {
		for (d = 0; d < v->dims; d++)
			mem_free(v->items[i].sets[d]);
		mem_free(v->items[i].sets);
		mem_free(v->items[i].counts);
	}
	mem_free(v->items);
	*v = (struct vectors){0};
}
