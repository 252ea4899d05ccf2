#include "hosts/ranktable.h"

#include <string.h>

#include "base/mem.h"

static void
fill_ranks(struct ranktable *t, const struct index *tuples)
{
	size_t i, dims = t->dims;

	for (i = 0; i < t->count * dims; i++)
		/* most numbers are those of the host before */
		if (i >= dims && !index_compare(&tuples[i], &tuples[i - dims]))
			t->ranks[i] = t->ranks[i - dims];
		else
			t->ranks[i] =
			    index_rank(t->numbers, t->number_count, &tuples[i]);
}

/* Orders the rows by one dimension, those that agree in it as they were: a
 * counting sort, for which `to` and `places` are room. */
static void
order_by(struct ranktable *t, size_t dim, uint32_t *to, uint32_t *places)
{
	size_t i;

	memset(places, 0, (t->number_count + 1) * sizeof(*places));
	for (i = 0; i < t->count; i++)
		places[t->ranks[i * t->dims + dim] + 1]++;
	for (i = 0; i < t->number_count; i++)
		places[i + 1] += places[i];
	for (i = 0; i < t->count; i++) {
		uint32_t row = t->order[i];

		to[places[t->ranks[row * t->dims + dim]]++] = row;
	}
	memcpy(t->order, to, t->count * sizeof(*to));
}

static void
order_rows(struct ranktable *t)
{
	uint32_t *to = mem_alloc(t->count, sizeof(*to));
	uint32_t *places = mem_alloc(t->number_count + 1, sizeof(*places));
	size_t i, dim;

	for (i = 0; i < t->count; i++)
		t->order[i] = (uint32_t)i;
	for (dim = t->dims; dim-- > 0;)
		order_by(t, dim, to, places);
	mem_free(to);
	mem_free(places);
}

void
ranktable_init(
    struct ranktable *t, const struct index *tuples, size_t n, size_t dims)
{
	*t = (struct ranktable){.count = n, .dims = dims};
	t->numbers = index_distinct(tuples, n * dims, &t->number_count);
	t->ranks = mem_alloc(n * dims, sizeof(*t->ranks));
	t->order = mem_alloc(n, sizeof(*t->order));
	fill_ranks(t, tuples);
	order_rows(t);
}

void
ranktable_release(struct ranktable *t)
{
	mem_free(t->numbers);
	mem_free(t->ranks);
	mem_free(t->order);
	*t = (struct ranktable){0};
}

const uint32_t *
ranktable_row(const struct ranktable *t, size_t i)
{
	return t->ranks + t->order[i] * t->dims;
}

size_t
ranktable_difference(const struct ranktable *t, size_t i, size_t j)
{
	const uint32_t *a = ranktable_row(t, i), *b = ranktable_row(t, j);
	size_t d, found = t->dims;

	for (d = 0; d < t->dims; d++) {
		if (a[d] == b[d])
			continue;
		if (found != t->dims)
			return t->dims;
		found = d;
	}
	return found;
}
