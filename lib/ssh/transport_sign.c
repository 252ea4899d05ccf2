/*
 * What the library is given as a signature.  It puts the packet together by
 * itself: string (string algorithm, string what it was given), for tokens'
 * keys, from 1.11 on, string (string algorithm, what it was given).
 *
 * Before 1.11 it knows neither those nor, but for ECDSA, the algorithms of
 * certificates: it is given as many bytes as make the packet's length right,
 * and frees them when the packet is complete, which is when the true signature
 * takes the place of what the library put at its end.
 */
#include <string.h>

#include "base/mem.h"
#include "ssh/certificate.h"
#include "ssh/transport_internal.h"

void
transport_expect_key(struct transport *t)
{
	if (!transport_needs_key_swap())
		return;
	/* first the method's name is copied, then the packet made */
	t->swap = (struct key_swap){.awaited = 2};
	t->tail.given = NULL;
}

void
transport_swap_key(
    struct transport *t, uint8_t *buffer, const uint8_t *blob, size_t n)
{
	t->swap.buffer = buffer;
	t->swap.blob = blob;
	t->swap.n = n;
}

void
sign_allocated(struct transport *t, uint8_t *p)
{
	struct key_swap *swap = &t->swap;

	if (swap->awaited == 0 || --swap->awaited > 0)
		return;
	swap->packet = p;
	if (swap->buffer)
		memcpy(swap->buffer, swap->blob, swap->n);
	swap->buffer = NULL;
}

/* Whether the packet ends with: string (string method, string given). */
static bool
is_as_made(const struct transport *t, const uint8_t *end)
{
	const struct tail_swap *tail = &t->tail;
	struct blob b = {end, tail->bytes.len};
	struct blob inner, method, given;

	return !blob_get_string(&b, &inner) && b.n == 0 &&
	    !blob_get_string(&inner, &method) &&
	    !blob_get_string(&inner, &given) && inner.n == 0 &&
	    given.n == tail->n && !memcmp(given.p, tail->given, given.n);
}

void
sign_freed(struct transport *t, const void *p)
{
	struct tail_swap *tail = &t->tail;
	uint8_t *packet = t->swap.packet;

	if (p == packet)
		t->swap.packet = NULL;
	if (!tail->given || p != tail->given)
		return;
	/* else it is as the library made it, and is refused by the server */
	if (packet && hook_size(packet) >= tail->at + tail->bytes.len &&
	    is_as_made(t, packet + tail->at))
		memcpy(packet + tail->at, tail->bytes.data, tail->bytes.len);
	tail->given = NULL;
	buf_release(&tail->bytes);
}

/* The length that the library will give the method's name. */
static size_t
method_len(struct blob method)
{
	static const char ecdsa[] = "ecdsa-sha2-";

	if (method.n >= sizeof(ecdsa) &&
	    !memcmp(method.p, ecdsa, sizeof(ecdsa) - 1))
		certificate_plain(&method);
	return method.n;
}

/* What was signed is: string session, and the packet as far as it is. */
static int
prepare_tail(struct transport *t, const struct sign_data *data,
    const struct blob *signature)
{
	size_t overhead = 4 + method_len(data->method) + 4;
	const uint8_t *packet = t->swap.packet;

	if (!packet || hook_size(packet) < data->packet.n ||
	    memcmp(packet, data->packet.p, data->packet.n) != 0 ||
	    signature->n <= overhead)
		return -1;
	t->tail.at = data->packet.n;
	t->tail.n = signature->n - overhead;
	buf_init(&t->tail.bytes, 4 + signature->n);
	return blob_put_string(&t->tail.bytes, signature->p, signature->n);
}

/* What a library that can make the packet by itself wants to have. */
static int
take_own(const struct blob *signature, struct blob *own)
{
	struct blob rest = *signature, algorithm;

	if (blob_get_string(&rest, &algorithm))
		return -1;
	*own = rest;
	if (certificate_is_token(&algorithm))
		return 0;
	return blob_get_string(&rest, own) || rest.n > 0 ? -1 : 0;
}

int
transport_give_signature(struct transport *t, const struct sign_data *data,
    const struct blob *signature, struct blob *given)
{
	struct blob own = {NULL, 0};
	uint8_t *bytes;

	if (!transport_needs_key_swap()) {
		if (take_own(signature, &own))
			return -1;
	} else {
		if (prepare_tail(t, data, signature))
			return -1;
		own.n = t->tail.n;
	}
	bytes = transport_alloc(t, own.n);
	memset(bytes, 0, own.n);
	if (own.p)
		memcpy(bytes, own.p, own.n);
	else
		t->tail.given = bytes;
	*given = (struct blob){bytes, own.n};
	return 0;
}
