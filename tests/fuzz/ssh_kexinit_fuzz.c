/* KEXINIT: read alike in one piece and in two, and never beyond the end. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "ssh/kexinit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
compare(const struct kexinit *a, const struct kexinit *b)
{
	int i;

	assert(a->complete == b->complete);
	assert(!a->banner == !b->banner);
	assert(!a->banner || !strcmp(a->banner, b->banner));
	for (i = 0; i < KEXINIT_LISTS; i++) {
		assert(!a->lists[i] == !b->lists[i]);
		assert(!a->lists[i] || !strcmp(a->lists[i], b->lists[i]));
		if (a->complete > 0)
			kexinit_common(a->lists[i], "none,zlib");
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kexinit whole, parts;
	size_t at;

	if (size == 0)
		return 0;
	at = data[0] * (size - 1) / 255;
	data++;
	size--;
	kexinit_init(&whole);
	kexinit_init(&parts);
	kexinit_feed(&whole, data, size);
	kexinit_feed(&parts, data, at);
	kexinit_feed(&parts, data + at, size - at);
	compare(&whole, &parts);
	kexinit_release(&whole);
	kexinit_release(&parts);
	return 0;
}
