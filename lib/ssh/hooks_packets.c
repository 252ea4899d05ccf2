/*
 * What the allocator sees of packets, when the library frees them.  One with
 * type 51 is a USERAUTH_FAILURE, with 98 a CHANNEL_REQUEST that was dealt with
 * (RFC 4254, section 6.10 has exit-status and exit-signal), with 91 a
 * CHANNEL_OPEN_CONFIRMATION, whose first number is our id of the channel; those
 * with 31 and 33 have a host key, and those with 94 and 95 are CHANNEL_DATA and
 * CHANNEL_EXTENDED_DATA that were read, or thrown away.
 */
#include <string.h>

#include "ssh/blob.h"
#include "ssh/channel_internal.h"
#include "ssh/transport_internal.h"

enum {
	SSH_MSG_KEX_REPLY = 31, /* of most methods */
	SSH_MSG_KEX_GEX_REPLY = 33,
	SSH_MSG_USERAUTH_FAILURE = 51,
	SSH_MSG_CHANNEL_OPEN_CONFIRMATION = 91,
	SSH_MSG_CHANNEL_OPEN_FAILURE = 92,
	SSH_MSG_CHANNEL_DATA = 94,
	SSH_MSG_CHANNEL_EXTENDED_DATA = 95,
	SSH_MSG_CHANNEL_REQUEST = 98,
};

/* The channel that the packet's first number names, or NULL. */
static struct channel *
channel_of(const struct transport *t, struct blob *packet)
{
	struct channel *c;
	uint32_t id;

	if (blob_get_u32(packet, &id))
		return NULL;
	for (c = t->channels; c && c->id != id; c = c->next)
		continue;
	return c;
}

/* uint32 status; only eight bits of it would leave this program. */
static void
see_status(struct channel *c, struct blob rest)
{
	uint32_t status;

	if (blob_get_u32(&rest, &status))
		return;
	c->ended = CHANNEL_EXITED;
	c->status = status < 255 ? (int)status : 255;
}

/* string name without SIG; a longer one than any is cut. */
static void
see_signal(struct channel *c, struct blob rest)
{
	struct blob name;
	size_t n;

	if (blob_get_text(&rest, &name) || name.n == 0)
		return;
	n = name.n < sizeof(c->signal_name) ? name.n
					    : sizeof(c->signal_name) - 1;
	c->ended = CHANNEL_SIGNALLED;
	memcpy(c->signal_name, name.p, n);
	c->signal_name[n] = '\0';
}

static void
see_request(struct transport *t, struct blob packet)
{
	struct channel *c = channel_of(t, &packet);
	struct blob name;
	uint8_t reply;

	if (!c || c->ended || blob_get_string(&packet, &name) ||
	    blob_get_u8(&packet, &reply))
		return;
	if (blob_is(&name, "exit-status"))
		see_status(c, packet);
	else if (blob_is(&name, "exit-signal"))
		see_signal(c, packet);
}

/* Of what is freed unread, the part that was not taken yet is kept while the
 * channel is salvaged.  The library may have held less than was sent. */
static void
see_data(struct transport *t, uint8_t type, struct blob packet)
{
	struct channel *c = channel_of(t, &packet);
	uint32_t stream = CHANNEL_STDOUT;
	struct blob data;
	uint64_t read;

	if (!c ||
	    (type == SSH_MSG_CHANNEL_EXTENDED_DATA &&
		blob_get_u32(&packet, &stream)) ||
	    stream > CHANNEL_STDERR || blob_get_string(&packet, &data))
		return;
	if (c->salvaging) {
		read = c->taken[stream] - c->done[stream];
		if (read < data.n)
			(void)buf_append(&c->salvaged[stream],
			    (const char *)data.p + read, data.n - read);
		c->taken[stream] = c->done[stream] + data.n;
	}
	c->done[stream] += data.n;
}

/* string methods, boolean partial.  Other memory that happens to begin with
 * the type's byte does not look like a list of names. */
static void
see_refusal(struct transport *t, struct blob packet)
{
	struct transport_auth *auth = &t->auth;
	struct blob names;
	uint8_t partial;
	size_t i;

	if (blob_get_text(&packet, &names) || blob_get_u8(&packet, &partial) ||
	    partial > 1)
		return;
	/* what we have comes early in any list */
	if (names.n >= sizeof(auth->methods))
		names.n = sizeof(auth->methods) - 1;
	for (i = 0; i < names.n; i++) {
		if (names.p[i] <= ' ' || names.p[i] >= 0x7f)
			return;
	}
	memcpy(auth->methods, names.p, names.n);
	auth->methods[names.n] = '\0';
	auth->partial = partial;
	auth->seen = auth->answered = true;
}

/* An answer in a key exchange was dealt with: the library looks at the host key
 * in it, and for all that it knows, each may have another. */
static void
see_host_key(struct transport *t)
{
	size_t n = 0;
	int type;
	const char *key = libssh2_session_hostkey(t->session, &n, &type);

	if (!key || t->dead)
		return;
	if (!t->host_key.len) {
		(void)buf_append(&t->host_key, key, n);
	} else if (t->host_key.len != n || memcmp(t->host_key.data, key, n)) {
		t->breach = "host key: has changed during the connection";
		t->dead = true;
	}
}

void
hook_see(struct transport *t, uint8_t type, struct blob packet)
{
	uint32_t id;

	if (type == SSH_MSG_CHANNEL_DATA ||
	    type == SSH_MSG_CHANNEL_EXTENDED_DATA)
		see_data(t, type, packet);
	else if (type == SSH_MSG_CHANNEL_REQUEST)
		see_request(t, packet);
	else if (type == SSH_MSG_KEX_REPLY || type == SSH_MSG_KEX_GEX_REPLY)
		see_host_key(t);
	else if (type == SSH_MSG_USERAUTH_FAILURE && !t->settled)
		see_refusal(t, packet);
	else if (type == SSH_MSG_CHANNEL_OPEN_CONFIRMATION)
		(void)blob_get_u32(&packet, &t->opened_id);
	else if (type == SSH_MSG_CHANNEL_OPEN_FAILURE &&
	    !blob_get_u32(&packet, &id))
		(void)blob_get_u32(&packet, &t->open_failure);
}
