#include "ssh/knownline.h"

#include <string.h>

#include "base/base64.h"
#include "base/mem.h"
#include "base/nonce.h"
#include "hosts/pattern.h"

enum {
	LINE_MAX_LEN = 1 << 20, /* bytes */
	BLOB_MAX = 65536
};

static const char hash_magic[] = "|1|";

/* A stretch of the line that is being read. */
struct span {
	const char *at, *end;
};

/* The next word; 0 bytes at the end. */
static struct span
next_word(struct span *rest)
{
	struct span word;

	while (rest->at < rest->end && (*rest->at == ' ' || *rest->at == '\t'))
		rest->at++;
	word.at = rest->at;
	while (rest->at < rest->end && *rest->at != ' ' && *rest->at != '\t')
		rest->at++;
	word.end = rest->at;
	return word;
}

static size_t
length(struct span s)
{
	return (size_t)(s.end - s.at);
}

static bool
is_text(struct span s, const char *text)
{
	return length(s) == strlen(text) && !memcmp(s.at, text, length(s));
}

static int
decode_exact(struct span s, uint8_t *to, size_t n)
{
	struct buf bytes;
	int ret;

	buf_init(&bytes, 256);
	ret = length(s) > 256 || base64_decode(&bytes, s.at, length(s)) ||
		bytes.len != n
	    ? -1
	    : 0;
	if (!ret)
		memcpy(to, bytes.data, n);
	buf_release(&bytes);
	return ret;
}

/* |1|salt|digest, both of 20 bytes in base64. */
static int
parse_hashed(struct knownline *l, struct span name)
{
	uint8_t salt[SHA1_LEN];
	struct span part = {name.at + strlen(hash_magic), NULL};

	part.end = memchr(part.at, '|', (size_t)(name.end - part.at));
	if (!part.end || decode_exact(part, salt, sizeof(salt)))
		return -1;
	part = (struct span){part.end + 1, name.end};
	if (decode_exact(part, l->digest, sizeof(l->digest)))
		return -1;
	sha1_key_init(&l->salt, salt, sizeof(salt));
	return 0;
}

static int
parse_name(struct knownline *l, struct span name)
{
	if (length(name) == 0)
		return -1;
	if (name.at[0] == '|')
		return length(name) > strlen(hash_magic) &&
			!memcmp(name.at, hash_magic, strlen(hash_magic))
		    ? parse_hashed(l, name)
		    : -1;
	l->patterns = mem_strndup(name.at, length(name));
	return 0;
}

const char *
knownline_blob_type(const void *blob, size_t n, size_t *len)
{
	const uint8_t *p = blob;
	size_t i;

	if (n < 4)
		return NULL;
	*len =
	    (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
	if (*len == 0 || *len > n - 4 || *len > 64)
		return NULL;
	for (i = 4; i < 4 + *len; i++)
		if (p[i] <= ' ' || p[i] >= 0x7f)
			return NULL;
	return (const char *)p + 4;
}

static int
parse_key(struct knownline *l, struct span type, struct span key)
{
	const char *named;
	struct buf blob;
	size_t n;

	buf_init(&blob, BLOB_MAX);
	if (length(key) == 0 || base64_decode(&blob, key.at, length(key)))
		blob.len = 0;
	named = knownline_blob_type(buf_str(&blob), blob.len, &n);
	if (!named || n != length(type) || memcmp(named, type.at, n)) {
		buf_release(&blob);
		return -1;
	}
	l->blob_len = blob.len;
	l->blob = buf_steal(&blob);
	return 0;
}

static int
parse_marker(struct knownline *l, struct span *word, struct span *rest)
{
	if (length(*word) == 0 || word->at[0] != '@')
		return 0;
	if (is_text(*word, "@revoked"))
		l->marker = KNOWNLINE_REVOKED;
	else if (is_text(*word, "@cert-authority"))
		l->marker = KNOWNLINE_CA;
	else
		return -1;
	*word = next_word(rest);
	return 0;
}

int
knownline_parse(
    struct knownline *l, const char *text, size_t n, const char **cause)
{
	struct span rest = {text, text + n}, name, type, key;

	*l = (struct knownline){0};
	while (rest.end > rest.at && rest.end[-1] == '\r')
		rest.end--;
	name = next_word(&rest);
	if (length(name) == 0 || name.at[0] == '#')
		return 0;
	*cause = NULL;
	if (n > LINE_MAX_LEN || memchr(text, '\0', n))
		*cause = "not a line of text";
	else if (parse_marker(l, &name, &rest))
		*cause = "an unknown marker";
	else if (parse_name(l, name))
		*cause = "a bad name";
	if (!*cause) {
		type = next_word(&rest);
		key = next_word(&rest);
		if (parse_key(l, type, key))
			*cause = "a bad key";
	}
	if (!*cause)
		return 1;
	knownline_release(l);
	return -1;
}

void
knownline_release(struct knownline *l)
{
	mem_free(l->patterns);
	mem_free(l->blob);
	*l = (struct knownline){0};
}

bool
knownline_matches(const struct knownline *l, const char *name)
{
	uint8_t digest[SHA1_LEN];

	if (l->patterns)
		return pattern_list_match_nocase(name, l->patterns) == 1;
	sha1_hmac(&l->salt, name, strlen(name), digest);
	return !memcmp(digest, l->digest, sizeof(digest));
}

static void
print_hashed(struct buf *to, const char *name)
{
	uint8_t salt[SHA1_LEN], digest[SHA1_LEN];
	struct sha1_key key;

	nonce_bytes(salt, sizeof(salt));
	sha1_key_init(&key, salt, sizeof(salt));
	sha1_hmac(&key, name, strlen(name), digest);
	buf_puts(to, hash_magic);
	base64_encode(to, salt, sizeof(salt));
	buf_putc(to, '|');
	base64_encode(to, digest, sizeof(digest));
}

void
knownline_print(
    struct buf *to, const char *name, bool hashed, const void *blob, size_t n)
{
	size_t len = 0;
	const char *type = knownline_blob_type(blob, n, &len);

	if (hashed)
		print_hashed(to, name);
	else
		buf_puts(to, name);
	buf_putc(to, ' ');
	if (type)
		buf_append(to, type, len);
	buf_putc(to, ' ');
	base64_encode(to, blob, n);
	buf_putc(to, '\n');
}
