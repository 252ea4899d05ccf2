/* Listings: no name, however it is made, gets out of its place. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "http/listing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
count(const char *page, const char *what)
{
	size_t n = 0;

	while ((page = strstr(page, what))) {
		page += strlen(what);
		n++;
	}
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[256];
	size_t n = size < 255 ? size : 255, i;
	struct listing_entry e = {.name = name, .len = n, .size = size};
	struct buf plain, page;

	if (n == 0)
		return 0;
	for (i = 0; i < n; i++)
		name[i] = (char)(data[i] ? data[i] : 1);
	name[n] = '\0';
	buf_init(&page, 1 << 20);
	buf_init(&plain, 1 << 20);
	assert(listing_page(&page, name, &e, 1, true) == 0);
	memset(name, 'a', n);
	assert(listing_page(&plain, name, &e, 1, true) == 0);
	assert(count(buf_str(&page), "<") == count(buf_str(&plain), "<"));
	assert(count(buf_str(&page), ">") == count(buf_str(&plain), ">"));
	assert(count(buf_str(&page), "\"") == count(buf_str(&plain), "\""));
	assert(strlen(buf_str(&page)) == page.len);
	buf_release(&page);
	buf_release(&plain);
	return 0;
}
