/* The head of a request: whatever comes, the views lie within it. */
#include <assert.h>
#include <stdint.h>

#include "http/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_view(struct view v, const char *bytes, size_t n)
{
	if (v.p)
		assert(v.p >= bytes && v.p + v.n <= bytes + n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	size_t blank = request_blank(bytes, size), n, i;
	struct request r;
	int status;

	bytes += blank;
	n = request_end(bytes, size - blank, 0);
	assert(n <= size - blank);
	/* it does not matter where the bytes were cut */
	for (i = 0; i < n && i < 64; i++)
		assert(request_end(bytes, size - blank, i) == n ||
		    request_end(bytes, i, 0));
	if (!n)
		return 0;
	status = request_parse(&r, bytes, n);
	assert(status == 0 || (status >= 400 && status < 600));
	check_view(r.line, bytes, n);
	check_view(r.target, bytes, n);
	for (i = 0; i < FIELD_COUNT; i++)
		check_view(r.field[i], bytes, n);
	if (status == 0) {
		assert(r.target.n > 0);
		assert(r.minor == 0 || r.field[FIELD_HOST].n > 0);
		assert(!(r.chunked && r.length));
	}
	return 0;
}
