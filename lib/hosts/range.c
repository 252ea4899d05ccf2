#include "hosts/range.h"

#include <assert.h>

#include "base/mem.h"
#include "base/num.h"

/* One number of a range: its value, and how it was written. */
struct number {
	uint64_t value;
	size_t digits;
	int padded;
};

static int
fail(struct range_error *e, size_t at, const char *cause)
{
	*e = (struct range_error){.cause = cause, .at = at};
	return -1;
}

static size_t
digits_at(const char *text, size_t n, size_t at)
{
	size_t start = at;

	while (at < n && text[at] >= '0' && text[at] <= '9')
		at++;
	return at - start;
}

static int
parse_number(struct number *to, const char *text, size_t n, size_t *at,
    struct range_error *e)
{
	size_t digits = digits_at(text, n, *at);

	if (digits == 0)
		return fail(e, *at,
		    *at < n && text[*at] != ',' ? "not a number"
						: "a number is missing");
	if (digits > RANGE_DIGITS_MAX)
		return fail(e, *at, "the number is too long");
	num_parse(text + *at, digits, UINT64_MAX, &to->value);
	to->digits = digits;
	to->padded = digits > 1 && text[*at] == '0';
	*at += digits;
	return 0;
}

/* "-LAST" and "/STEP" behind the first number. */
static int
parse_rest(struct range *r, const struct number *first, const char *text,
    size_t n, size_t *at, struct range_error *e)
{
	struct number last, step = {.value = 1};
	size_t start = ++*at;

	if (parse_number(&last, text, n, at, e))
		return -1;
	if ((first->padded || last.padded) && first->digits != last.digits)
		return fail(
		    e, start, "the ends of the range are padded differently");
	if (last.value < first->value)
		return fail(e, start, "the range runs backwards");
	r->last = last.value;
	if (*at < n && text[*at] == '/') {
		start = ++*at;
		if (parse_number(&step, text, n, at, e))
			return -1;
		if (step.value == 0)
			return fail(e, start, "a step of 0");
	}
	r->step = step.value;
	return 0;
}

static int
parse_item(struct range *r, const char *text, size_t n, size_t *at,
    struct range_error *e)
{
	struct number first;

	if (parse_number(&first, text, n, at, e))
		return -1;
	*r = (struct range){.first = first.value,
	    .last = first.value,
	    .step = 1,
	    .width = first.padded ? (int)first.digits : 0};
	if (*at < n && text[*at] == '-' &&
	    parse_rest(r, &first, text, n, at, e))
		return -1;
	if (*at < n && text[*at] == '/')
		return fail(e, *at, "a step without a range");
	if (*at < n && text[*at] != ',')
		return fail(e, *at,
		    "only digits, comma, - and / may stand "
		    "between brackets");
	return 0;
}

static size_t
count_items(const char *text, size_t n)
{
	size_t i, items = 1;

	for (i = 0; i < n; i++)
		items += text[i] == ',';
	return items;
}

int
range_set_parse(
    struct range_set *r, const char *text, size_t n, struct range_error *e)
{
	size_t items = count_items(text, n), at = 0;

	*r = (struct range_set){0};
	if (n == 0)
		return fail(e, 0, "empty brackets");
	if (items > RANGE_ITEMS_MAX)
		return fail(e, 0, "too many ranges between two brackets");
	r->items = mem_alloc(items, sizeof(*r->items));
	while (r->count < items) {
		if (parse_item(&r->items[r->count], text, n, &at, e)) {
			range_set_release(r);
			return -1;
		}
		r->count++;
		at++;
	}
	return 0;
}

void
range_set_release(struct range_set *r)
{
	mem_free(r->items);
	*r = (struct range_set){0};
}

uint64_t
range_set_count(const struct range_set *r)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < r->count; i++) {
		const struct range *item = &r->items[i];

		sum += (item->last - item->first) / item->step + 1;
		if (sum > UINT64_MAX / 2)
			return UINT64_MAX / 2;
	}
	return sum;
}

void
range_print(struct buf *to, uint64_t value, int width)
{
	char digits[24], *end = digits + sizeof(digits), *p = end;

	assert(width <= RANGE_DIGITS_MAX);
	do {
		*--p = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	while (end - p < width)
		*--p = '0';
	buf_append(to, p, (size_t)(end - p));
}
