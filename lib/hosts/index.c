#include "hosts/index.h"

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

void
index_print(struct buf *to, const struct index *n)
{
	range_print(to, n->value, (int)n->digits);
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
