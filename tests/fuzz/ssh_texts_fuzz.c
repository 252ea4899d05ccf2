/*
 * Texts of the SSH side: a list of fingerprints, what -L and -R are given, a
 * list of algorithms, a certificate.  The first byte chooses.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ssh/alglist.h"
#include "ssh/certificate.h"
#include "ssh/forwardspec.h"
#include "ssh/newkeys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fingerprints(const char *text)
{
	struct newkeys *n = newkeys_new();
	struct fault f = {0};

	if (newkeys_parse(n, "list", text, &f))
		assert(f.class == FAULT_USAGE);
	newkeys_free(n);
}

/* What was taken apart is what it was. */
static void
forward(const char *text)
{
	struct forwardspec s;
	struct fault f = {0};

	if (forwardspec_parse(&s, "-R", text, &f)) {
		assert(f.class == FAULT_USAGE);
		return;
	}
	assert(*s.host && strstr(text, s.host));
	assert(s.port >= 0 && s.port < 65536);
	assert(s.host_port > 0 && s.host_port < 65536);
	forwardspec_release(&s);
}

/* Only what is supported comes out, and nothing twice. */
static void
algorithms(const char *text)
{
	static const char supported[] = "a,b,ab,abc,b@c";
	struct buf made;
	size_t commas = 0, i;

	buf_init(&made, 65536);
	alglist_make(&made, text, "ab,a,none", supported);
	for (i = 0; i < made.len; i++)
		commas += made.data[i] == ',';
	assert(commas < 5);
	assert(!alglist_has(buf_str(&made), "none"));
	buf_release(&made);
}

static void
certificate(const uint8_t *data, size_t size)
{
	size_t half = size / 2;
	struct blob cert = {data, half};
	struct blob key = {data + half, size - half};

	if (certificate_is_of(&cert, &key))
		assert(certificate_is(&cert) && cert.n > key.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size == 0 || size > 4096)
		return 0;
	text = malloc(size);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	switch (data[0] % 4) {
	case 0:
		fingerprints(text);
		break;
	case 1:
		forward(text);
		break;
	case 2:
		algorithms(text);
		break;
	default:
		certificate(data + 1, size - 1);
		break;
	}
	free(text);
	return 0;
}
