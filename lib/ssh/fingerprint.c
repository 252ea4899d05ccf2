#include "ssh/fingerprint.h"

#include <openssl/evp.h>

#include "base/base64.h"

void
fingerprint_print(struct buf *to, const void *blob, size_t n)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;

	EVP_Digest(blob, n, digest, &len, EVP_sha256(), NULL);
	buf_puts(to, "SHA256:");
	base64_encode(to, digest, len);
	while (to->len && to->data[to->len - 1] == '=')
		to->data[--to->len] = '\0';
}
