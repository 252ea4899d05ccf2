#include "hosts/rankset.h"

#include <string.h>

#include "base/mem.h"

uint64_t
rankset_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

const uint32_t *
rankset_ranks(const struct rankset *s)
{
	return s->ranks ? s->ranks : &s->first;
}

void
rankset_one(struct rankset *s, uint32_t rank)
{
	*s = (struct rankset){
	    .count = 1, .first = rank, .last = rank, .hash = rankset_mix(rank)};
}

bool
rankset_equal(const struct rankset *a, const struct rankset *b)
{
	return a->hash == b->hash && a->count == b->count &&
	    !memcmp(rankset_ranks(a), rankset_ranks(b),
		a->count * sizeof(uint32_t));
}

/* The room that is allocated for so many ranks. */
static uint32_t
capacity(uint32_t count)
{
	uint32_t cap = 4;

	while (cap < count)
		cap *= 2;
	return cap;
}

static void
make_room(struct rankset *s, uint32_t count)
{
	bool had_one = !s->ranks;

	if (!had_one && capacity(count) == capacity(s->count))
		return;
	s->ranks = mem_realloc(s->ranks, capacity(count) * sizeof(uint32_t));
	if (had_one)
		s->ranks[0] = s->first;
}

/* Merges from the end, so that nothing is overwritten before it is read; what
 * belongs behind everything is merely appended. */
static void
merge_ranks(struct rankset *s, const struct rankset *other)
{
	const uint32_t *from = rankset_ranks(other);
	uint32_t i = s->count, j = other->count, k = i + j;

	make_room(s, k);
	s->count = k;
	while (j > 0) {
		if (i > 0 && s->ranks[i - 1] > from[j - 1])
			s->ranks[--k] = s->ranks[--i];
		else
			s->ranks[--k] = from[--j];
	}
}

void
rankset_join(
    struct rankset *s, const struct rankset *other, const struct index *numbers)
{
	merge_ranks(s, other);
	s->hash += other->hash;
	if (index_compare(&numbers[other->first], &numbers[s->first]) < 0)
		s->first = other->first;
	if (index_compare(&numbers[other->last], &numbers[s->last]) > 0)
		s->last = other->last;
}

void
rankset_add(struct rankset *s, uint32_t rank, const struct index *numbers)
{
	struct rankset one;

	rankset_one(&one, rank);
	rankset_join(s, &one, numbers);
}
