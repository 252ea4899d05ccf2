#include "hosts/index.h"

#include <stdlib.h>

#include "base/mem.h"
#include "hosts/range.h"

int
index_compare(const void *a, const void *b)
{
	const struct index *x = a, *y = b;

	if (x->digits != y->digits)
		return x->digits < y->digits ? -1 : 1;
	return (x->value > y->value) - (x->value < y->value);
}

/* The number with fewer digits is compared with as many of the other's first
 * digits. */
int
index_compare_text(const void *a, const void *b)
{
	const struct index *x = a, *y = b;
	uint64_t u = x->value, v = y->value;
	uint32_t i;

	for (i = x->digits; i < y->digits; i++)
		v /= 10;
	for (i = y->digits; i < x->digits; i++)
		u /= 10;
	if (u != v)
		return u < v ? -1 : 1;
	return (x->digits > y->digits) - (x->digits < y->digits);
}

/* A set of numbers that have been seen; there are few among many. */
struct seen {
	struct index *slots; /* one of 0 digits is free */
	size_t slot_count, count;
};

/* The slot that holds a number, or is free for it. */
static struct index *
seen_slot(const struct seen *s, const struct index *number)
{
	size_t at = (size_t)((number->value * 64 + number->digits) *
		0x9e3779b97f4a7c15 >>
	    20);

	for (at %= s->slot_count; s->slots[at].digits;)
		if (index_compare(&s->slots[at], number) == 0)
			break;
		else
			at = (at + 1) % s->slot_count;
	return &s->slots[at];
}

static void
seen_grow(struct seen *s)
{
	struct seen larger = {
	    .slot_count = s->slot_count * 4 + 64, .count = s->count};
	size_t i;

	larger.slots = mem_alloc(larger.slot_count, sizeof(*s->slots));
	for (i = 0; i < s->slot_count; i++)
		if (s->slots[i].digits)
			*seen_slot(&larger, &s->slots[i]) = s->slots[i];
	mem_free(s->slots);
	*s = larger;
}

static void
seen_add(struct seen *s, const struct index *number)
{
	struct index *slot;

	if (2 * s->count >= s->slot_count)
		seen_grow(s);
	slot = seen_slot(s, number);
	s->count += slot->digits == 0;
	*slot = *number;
}

struct index *
index_distinct(const struct index *numbers, size_t n, size_t *count)
{
	struct seen seen = {0};
	size_t i, kept = 0;

	for (i = 0; i < n; i++)
		seen_add(&seen, &numbers[i]);
	for (i = 0; i < seen.slot_count; i++)
		if (seen.slots[i].digits)
			seen.slots[kept++] = seen.slots[i];
	*count = kept;
	if (kept)
		qsort(
		    seen.slots, kept, sizeof(*seen.slots), index_compare_text);
	return seen.slots;
}

uint32_t
index_rank(const struct index *numbers, size_t n, const struct index *number)
{
	size_t low = 0;

	while (n - low > 1) {
		size_t middle = low + (n - low) / 2;

		if (index_compare_text(&numbers[middle], number) <= 0)
			low = middle;
		else
			n = middle;
	}
	return (uint32_t)low;
}

struct index
index_read(const char *text)
{
	struct index n = {0};

	for (; *text >= '0' && *text <= '9'; text++) {
		n.value = n.value * 10 + (uint64_t)(*text - '0');
		n.digits++;
	}
	return n;
}

char *
index_write(char *to, const struct index *n)
{
	uint64_t value = n->value;
	uint32_t i;

	for (i = n->digits; i > 0; value /= 10)
		to[--i] = (char)('0' + value % 10);
	return to + n->digits;
}

void
index_print(struct buf *to, const struct index *n)
{
	char digits[RANGE_DIGITS_MAX];

	buf_append(to, digits, (size_t)(index_write(digits, n) - digits));
}

bool
index_is_padded(const struct index *n)
{
	uint64_t smallest = 1;
	uint32_t i;

	for (i = 1; i < n->digits; i++)
		smallest *= 10;
	return n->digits > 1 && n->value < smallest;
}
