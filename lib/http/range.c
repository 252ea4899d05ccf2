#include "http/range.h"

#include <string.h>
#include <strings.h>

/* Decimal digits; what does not fit is as large as can be.  -1 where there is
 * none. */
static int
parse_number(struct view *v, uint64_t *value)
{
	size_t i;

	*value = 0;
	for (i = 0; i < v->n && v->p[i] >= '0' && v->p[i] <= '9'; i++) {
		uint64_t digit = (uint64_t)(v->p[i] - '0');

		if (*value > (UINT64_MAX - digit) / 10)
			*value = UINT64_MAX;
		else
			*value = *value * 10 + digit;
	}
	v->p += i;
	v->n -= i;
	return i ? 0 : -1;
}

/* The last size bytes at most.  1, or 0 where that is none. */
static int
take_suffix(uint64_t last, uint64_t size, struct range *r)
{
	uint64_t first = last < size ? size - last : 0;

	*r = (struct range){.first = first, .length = size - first};
	return last && size ? 1 : 0;
}

/* One range-spec.  1: in *r; 0: valid but without a byte; -1: malformed. */
static int
parse_spec(struct view v, uint64_t size, struct range *r)
{
	uint64_t first, last = UINT64_MAX;
	int suffix = parse_number(&v, &first);

	if (!v.n || *v.p != '-')
		return -1;
	v.p++;
	v.n--;
	if ((v.n || suffix) && (parse_number(&v, &last) || v.n))
		return -1;
	if (suffix)
		return take_suffix(last, size, r);
	if (last < first)
		return -1;
	if (first >= size)
		return 0;
	if (last >= size)
		last = size - 1;
	*r = (struct range){.first = first, .length = last - first + 1};
	return 1;
}

enum range_result
range_parse(struct view field, uint64_t size, struct range *ranges, size_t *n)
{
	struct view item;
	uint64_t total = 0;
	size_t specs = 0;

	*n = 0;
	if (field.n < 6 || strncasecmp(field.p, "bytes=", 6))
		return RANGE_NONE;
	field.p += 6;
	field.n -= 6;
	while (view_next_item(&field, &item)) {
		struct range r;
		int found = parse_spec(item, size, &r);

		if (found < 0 || ++specs > RANGE_MAX)
			return RANGE_NONE;
		if (!found)
			continue;
		if (r.length > size - total && *n)
			return RANGE_NONE;
		total += r.length;
		ranges[(*n)++] = r;
	}
	if (*n)
		return RANGE_SOME;
	return specs ? RANGE_UNSATISFIABLE : RANGE_NONE;
}
