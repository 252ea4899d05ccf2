#include "ssh/kexinit.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "ssh/blob.h"

enum { SSH_MSG_KEXINIT = 20, KEXINIT_COOKIE = 16, KEXINIT_SEEN_MAX = 65536 };

void
kexinit_init(struct kexinit *k)
{
	*k = (struct kexinit){0};
	buf_init(&k->seen, KEXINIT_SEEN_MAX);
}

void
kexinit_forget_lists(struct kexinit *k)
{
	int i;

	for (i = 0; i < KEXINIT_LISTS; i++) {
		mem_free(k->lists[i]);
		k->lists[i] = NULL;
	}
}

void
kexinit_release(struct kexinit *k)
{
	buf_release(&k->seen);
	mem_free(k->banner);
	kexinit_forget_lists(k);
	kexinit_init(k);
}

/* Lines before the one that begins with SSH- are the server's to fill. */
static int
take_banner(struct kexinit *k)
{
	const char *start = buf_str(&k->seen);
	const char *end;

	while ((end = memchr(start, '\n',
		    k->seen.len - (size_t)(start - k->seen.data)))) {
		size_t n = (size_t)(end - start);

		if (n >= 4 && !memcmp(start, "SSH-", 4)) {
			if (start[n - 1] == '\r')
				n--;
			k->banner = mem_strndup(start, n);
			buf_consume(&k->seen, (size_t)(end + 1 - k->seen.data));
			return 0;
		}
		start = end + 1;
	}
	return -1;
}

/* byte 20, 16 bytes of cookie, name-lists */
static int
parse_payload(struct kexinit *k, struct blob payload)
{
	uint8_t type;
	int i;

	if (blob_get_u8(&payload, &type) || type != SSH_MSG_KEXINIT ||
	    payload.n < KEXINIT_COOKIE)
		return -1;
	payload.p += KEXINIT_COOKIE;
	payload.n -= KEXINIT_COOKIE;
	for (i = 0; i < KEXINIT_LISTS; i++) {
		struct blob names;

		if (blob_get_text(&payload, &names))
			return -1;
		k->lists[i] = mem_strndup((const char *)names.p, names.n);
	}
	return 0;
}

/* uint32 packet_length, byte padding_length, payload, padding */
static int
parse_packet(struct kexinit *k)
{
	struct blob b = {(const uint8_t *)buf_str(&k->seen), k->seen.len};
	uint32_t length;
	uint8_t padding;

	if (blob_get_u32(&b, &length) || b.n < length)
		return 0;
	b.n = length;
	if (blob_get_u8(&b, &padding) || padding > b.n)
		return -1;
	b.n -= padding;
	return parse_payload(k, b) ? -1 : 1;
}

void
kexinit_feed(struct kexinit *k, const void *bytes, size_t n)
{
	if (k->complete || n == 0)
		return;
	if (buf_append(&k->seen, bytes, n))
		k->complete = -1;
	else if (k->banner || !take_banner(k))
		k->complete = parse_packet(k);
	if (k->complete)
		buf_release(&k->seen);
}

const char *
kexinit_list_name(enum kexinit_list list)
{
	static const char *const names[KEXINIT_LISTS] = {"key exchange",
	    "host key", "cipher", "cipher", "MAC", "MAC", "compression",
	    "compression"};

	return names[list];
}

const char *
kexinit_list_option(enum kexinit_list list)
{
	static const char *const options[KEXINIT_LISTS] = {"KexAlgorithms",
	    "HostKeyAlgorithms", "Ciphers", "Ciphers", "MACs", "MACs", NULL,
	    NULL};

	return options[list];
}

static int
list_has(const char *list, const char *name, size_t n)
{
	while (*list) {
		size_t len = strcspn(list, ",");

		if (len == n && !memcmp(list, name, n))
			return 1;
		list += len + (list[len] == ',');
	}
	return 0;
}

int
kexinit_common(const char *ours, const char *theirs)
{
	while (*ours) {
		size_t len = strcspn(ours, ",");

		if (len && list_has(theirs, ours, len))
			return 1;
		ours += len + (ours[len] == ',');
	}
	return 0;
}
