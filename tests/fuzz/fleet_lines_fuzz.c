/* Lines: however the bytes come, they come out alike, each line behind the
 * prefix, and none is lost. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "fleet/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX = 8 << 20 };

static void
feed(const char *bytes, size_t n, size_t step, struct buf *out)
{
	struct lines l;
	size_t at;

	buf_init(out, MAX);
	lines_init(&l);
	for (at = 0; at < n; at += step)
		lines_feed(
		    &l, ">", bytes + at, n - at < step ? n - at : step, out);
	lines_end(&l, ">", out);
	lines_release(&l);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct buf whole, parts, wanted;
	size_t i, step = size ? 1 + data[0] : 1;
	int start = 1;

	feed(bytes, size, MAX, &whole);
	feed(bytes, size, step, &parts);
	buf_init(&wanted, MAX);
	for (i = 0; i < size; i++) {
		if (start)
			buf_putc(&wanted, '>');
		buf_putc(&wanted, bytes[i]);
		start = bytes[i] == '\n';
	}
	if (!start)
		buf_putc(&wanted, '\n');
	assert(whole.len == wanted.len && parts.len == wanted.len);
	if (wanted.len) {
		assert(!memcmp(whole.data, wanted.data, wanted.len));
		assert(!memcmp(parts.data, wanted.data, wanted.len));
	}
	buf_release(&whole);
	buf_release(&parts);
	buf_release(&wanted);
	return 0;
}
