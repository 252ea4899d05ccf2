/* Dates: what is read can be written and read again. */
#include <assert.h>
#include <stdint.h>

#include "http/date.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[DATE_LEN + 1];
	int64_t seconds, again;

	if (date_parse(
		(struct view){(const char *)data, size}, 1800000000, &seconds))
		return 0;
	date_format(seconds, text);
	/* a leap second or a leap day carries over; years have four digits */
	assert(date_parse(view_of(text), 1800000000, &again) == 0);
	assert(again == seconds || seconds >= 253402300800);
	return 0;
}
