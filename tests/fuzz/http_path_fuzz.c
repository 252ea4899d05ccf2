/* Paths: no name climbs, starts with a slash or holds a NUL; and what is
 * encoded reads back as the same. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "http/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_segments(const char *name)
{
	const char *p = name;

	while (*p) {
		size_t n = strcspn(p, "/");

		assert(n > 0);
		assert(!(n == 1 && p[0] == '.'));
		assert(!(n == 2 && p[0] == '.' && p[1] == '.'));
		p += n;
		if (*p == '/')
			assert(*++p);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct path p, again;
	struct view target = {(const char *)data, size};
	struct buf url;
	int status = path_parse(&p, target);

	assert(status == 0 || status == 400 || status == 414);
	if (status)
		return 0;
	assert(p.len == strlen(p.name));
	check_segments(p.name);
	buf_init(&url, 65536);
	buf_putc(&url, '/');
	assert(path_encode(&url, p.name, p.len) == 0);
	assert(path_parse(&again, (struct view){url.data, url.len}) == 0);
	assert(!strcmp(p.name, again.name));
	buf_release(&url);
	return 0;
}
