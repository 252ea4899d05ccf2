#include "ssh/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <unistd.h>

#include "base/mem.h"

enum { DIGEST_STEP = 64 * 1024 };

struct digest {
	EVP_MD_CTX *context;
};

struct digest *
digest_new(void)
{
	struct digest *d = mem_alloc(1, sizeof(*d));

	d->context = EVP_MD_CTX_new();
	if (!d->context || !EVP_DigestInit_ex(d->context, EVP_sha256(), NULL))
		mem_exhausted();
	return d;
}

void
digest_feed(struct digest *d, const void *bytes, size_t n)
{
	if (!EVP_DigestUpdate(d->context, bytes, n))
		mem_exhausted();
}

void
digest_end(struct digest *d, uint8_t value[DIGEST_LEN])
{
	if (!EVP_DigestFinal_ex(d->context, value, NULL))
		mem_exhausted();
	digest_free(d);
}

void
digest_free(struct digest *d)
{
	if (!d)
		return;
	EVP_MD_CTX_free(d->context);
	mem_free(d);
}

int64_t
digest_file(int fd, uint64_t max, uint8_t value[DIGEST_LEN])
{
	struct digest *d = digest_new();
	/* not cleared, and small: there are many small files */
	char *bytes = mem_realloc(NULL, DIGEST_STEP);
	uint64_t at = 0;
	ssize_t n = 0;

	while (at < max) {
		size_t left =
		    max - at < DIGEST_STEP ? (size_t)(max - at) : DIGEST_STEP;

		n = pread(fd, bytes, left, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		digest_feed(d, bytes, (size_t)n);
		at += (uint64_t)n;
	}
	digest_end(d, value);
	mem_free(bytes);
	return n < 0 ? -1 : (int64_t)at;
}
