/* Ranges: each lies within the representation, several never exceed it. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "http/range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct range ranges[RANGE_MAX];
	struct view field;
	uint64_t length, total = 0;
	enum range_result result;
	size_t n, i;

	if (size < sizeof(length))
		return 0;
	memcpy(&length, data, sizeof(length));
	length >>= 1; /* files are no larger */
	field = (struct view){
	    (const char *)data + sizeof(length), size - sizeof(length)};
	result = range_parse(field, length, ranges, &n);
	if (result != RANGE_SOME)
		return 0;
	assert(n >= 1 && n <= RANGE_MAX);
	for (i = 0; i < n; i++) {
		assert(ranges[i].length > 0 && ranges[i].first < length);
		assert(ranges[i].length <= length - ranges[i].first);
		assert(ranges[i].length <= length - total);
		total += ranges[i].length;
	}
	return 0;
}
