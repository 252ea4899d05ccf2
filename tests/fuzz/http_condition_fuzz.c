/* Conditions: lists of tags and dates, one a line, in any combination. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "http/condition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum field fields[] = {FIELD_IF_MATCH, FIELD_IF_NONE_MATCH,
	    FIELD_IF_RANGE, FIELD_IF_MODIFIED_SINCE, FIELD_IF_UNMODIFIED_SINCE};
	struct validators v = {view_of("\"abc\""), 784111777, 1700000000};
	struct request r = {.minor = 1};
	const char *p = (const char *)data, *end = p + size;
	enum condition c;
	size_t i;

	for (i = 0; i < 5 && p < end; i++) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((lf ? lf : end) - p);

		if (n)
			r.field[fields[i]] = (struct view){p, n};
		p += n + 1;
	}
	c = condition_check(&r, &v);
	if (!r.field[FIELD_IF_MATCH].p && !r.field[FIELD_IF_UNMODIFIED_SINCE].p)
		assert(c != CONDITION_FAILED);
	if (!r.field[FIELD_IF_NONE_MATCH].p &&
	    !r.field[FIELD_IF_MODIFIED_SINCE].p)
		assert(c != CONDITION_NOT_MODIFIED);
	if (!r.field[FIELD_IF_RANGE].p)
		assert(condition_range_applies(&r, &v));
	else
		condition_range_applies(&r, &v);
	return 0;
}
