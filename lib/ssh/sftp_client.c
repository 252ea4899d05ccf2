#include "ssh/sftp_client.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

enum {
	CLIENT_SLOTS = 64, /* at first */
	CLIENT_GONE = 256 * 1024, /* sent bytes that are kept */
	CLIENT_OUT_MAX = 64 << 20, /* never reached: callers look at it */
};

void
sftp_client_init(struct sftp_client *c)
{
	*c = (struct sftp_client){0};
	buf_init(&c->in, 2 * SFTP_PACKET_MAX);
	buf_init(&c->out, CLIENT_OUT_MAX);
	(void)sftp_put_init(&c->out);
}

void
sftp_client_release(struct sftp_client *c)
{
	buf_release(&c->in);
	buf_release(&c->out);
	mem_free(c->slots);
	c->slots = NULL;
}

static void
more_slots(struct sftp_client *c)
{
	uint32_t n = c->n_slots ? 2 * c->n_slots : CLIENT_SLOTS, i;

	c->slots = mem_realloc(c->slots, n * sizeof(*c->slots));
	for (i = c->n_slots; i < n; i++)
		c->slots[i] = (struct sftp_slot){.next = i + 1};
	c->free = c->n_slots;
	c->n_slots = n;
}

uint32_t
sftp_expect(struct sftp_client *c, sftp_answer *answer, void *arg, uint64_t tag)
{
	struct sftp_slot *slot;
	uint32_t i;

	assert(c->in_flight < SFTP_CLIENT_MAX);
	if (c->free == c->n_slots)
		more_slots(c);
	i = c->free;
	slot = &c->slots[i];
	c->free = slot->next;
	slot->answer = answer;
	slot->arg = arg;
	slot->tag = tag;
	slot->id = c->turn++ * SFTP_CLIENT_MAX + i;
	c->in_flight++;
	return slot->id;
}

static void
drop(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	(void)arg;
	(void)tag;
	(void)reply;
}

void
sftp_forget(struct sftp_client *c, const void *arg)
{
	uint32_t i;

	for (i = 0; i < c->n_slots; i++) {
		if (c->slots[i].answer && c->slots[i].arg == arg)
			c->slots[i].answer = drop;
	}
}

bool
sftp_client_has_room(const struct sftp_client *c, size_t n)
{
	return c->in_flight + n <= SFTP_CLIENT_MAX;
}

static int
give(struct sftp_client *c, struct sftp_reply *reply)
{
	uint32_t i = reply->id % SFTP_CLIENT_MAX;
	struct sftp_slot slot;

	if (i >= c->n_slots || !c->slots[i].answer ||
	    c->slots[i].id != reply->id)
		return -1;
	slot = c->slots[i];
	c->slots[i].answer = NULL;
	c->slots[i].next = c->free;
	c->free = i;
	c->in_flight--;
	slot.answer(slot.arg, slot.tag, reply);
	return 0;
}

static int
take_packet(struct sftp_client *c, struct blob packet)
{
	struct sftp_reply reply;

	if (sftp_parse(packet, &reply))
		return -1;
	if (c->ready)
		return reply.type == SFTP_HELLO ? -1 : give(c, &reply);
	if (reply.type != SFTP_HELLO || sftp_parse_hello(&reply, &c->server))
		return -1;
	c->ready = true;
	return 0;
}

int
sftp_feed(struct sftp_client *c, const char *bytes, size_t n)
{
	struct blob packet;
	ssize_t used;
	size_t at = 0;

	if (buf_append(&c->in, bytes, n))
		return -1;
	while (
	    (used = sftp_frame(c->in.data + at, c->in.len - at, &packet)) > 0) {
		if (take_packet(c, packet))
			return -1;
		at += (size_t)used;
	}
	buf_consume(&c->in, at);
	return used < 0 ? -1 : 0;
}

void
sftp_skip(struct sftp_client *c, size_t n)
{
	c->out_at += n;
	if (c->out_at == c->out.len || c->out_at >= CLIENT_GONE) {
		buf_consume(&c->out, c->out_at);
		c->out_at = 0;
	}
}

size_t
sftp_take(struct sftp_client *c, char *bytes, size_t n)
{
	size_t left = sftp_unsent(c);

	if (n > left)
		n = left;
	if (n)
		memcpy(bytes, c->out.data + c->out_at, n);
	sftp_skip(c, n);
	return n;
}

bool
sftp_next_request(const struct sftp_client *c, struct blob *frame)
{
	struct blob packet;
	ssize_t n;

	if (!sftp_unsent(c))
		return false;
	n = sftp_frame(c->out.data + c->out_at, sftp_unsent(c), &packet);
	if (n > 0)
		*frame =
		    (struct blob){.p = (const uint8_t *)c->out.data + c->out_at,
			.n = (size_t)n};
	return n > 0;
}

size_t
sftp_unsent(const struct sftp_client *c)
{
	return c->out.len - c->out_at;
}
