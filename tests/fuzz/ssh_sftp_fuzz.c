/* Answers of an SFTP server: however they are split, the same ones come to
 * those who asked, none twice, and reading them never passes their end. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ssh/copy_hash.h"
#include "ssh/copy_name.h"
#include "ssh/sftp_client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { REQUESTS = 200 };

struct seen {
	int answers;
	uint64_t sum; /* of what came, in order */
};

static struct seen *current;

static void
note(uint64_t value)
{
	current->sum = current->sum * 31 + value;
}

static void
take(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	int *asked = arg;
	struct sftp_entry entry;
	struct sftp_server server = {0};
	struct sftp_space space;
	size_t i;

	assert(*asked == 1);
	*asked = 0;
	current->answers++;
	note(tag);
	note(reply->type);
	note(reply->code);
	note(reply->attrs.size);
	for (i = 0; i < reply->bytes.n; i++)
		note(reply->bytes.p[i]);
	for (i = 0; i < reply->message.n; i++)
		note(reply->message.p[i]);
	if (reply->type == SFTP_EXTENDED_REPLY) {
		(void)sftp_parse_limits(reply, &server);
		(void)sftp_parse_space(reply, &space);
	}
	if (reply->type != SFTP_NAME)
		return;
	while (sftp_next_entry(reply, &entry) > 0) {
		for (i = 0; i < entry.name.n; i++)
			note(entry.name.p[i]);
	}
}

static void
play(const uint8_t *data, size_t size, size_t step, struct seen *seen)
{
	static int asked[REQUESTS];
	struct sftp_client c;
	size_t at = 0, i;

	*seen = (struct seen){0};
	current = seen;
	sftp_client_init(&c);
	for (i = 0; i < REQUESTS; i++) {
		asked[i] = 1;
		/* as small numbers, which the input can hit */
		c.turn = 0;
		(void)sftp_expect(&c, take, &asked[i], i);
	}
	while (at < size) {
		size_t n = size - at < step ? size - at : step;

		if (sftp_feed(&c, (const char *)data + at, n))
			break;
		at += n;
	}
	assert(c.in_flight + (size_t)seen->answers == REQUESTS);
	sftp_client_release(&c);
}

static void
read_texts(const char *text, size_t size)
{
	uint8_t value[DIGEST_LEN];
	struct copy_run run;
	uint32_t number;
	uint64_t state;
	char *path = copy_hash_line(text, size, value);

	assert(!path || strlen(path) <= size);
	free(path);
	(void)copy_temp_parse(text, size, &number, &state, &run);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen whole, pieces;

	play(data, size, size ? size : 1, &whole);
	play(data, size, 1, &pieces);
	assert(whole.answers == pieces.answers && whole.sum == pieces.sum);
	play(data, size, 7, &pieces);
	assert(whole.answers == pieces.answers && whole.sum == pieces.sum);
	read_texts((const char *)data, size);
	return 0;
}
