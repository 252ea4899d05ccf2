/* Answers of an SFTP server: however they are split, the same ones come to
 * those who asked, none twice, and reading them never passes their end. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ssh/copy_hash.h"
#include "ssh/copy_name.h"
#include "ssh/sftp_client.h"
#include "ssh/sftp_shell.h"

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

/* A shell's answers: the first byte says what was asked for, and each 0xff
 * stands for the mark, which has a random number. */
static void
play_shell(const uint8_t *data, size_t size)
{
	struct sftp_shell *s = sftp_shell_new();
	const char *mark = strchr(buf_str(sftp_shell_lines(s)), '\'') + 1;
	size_t mark_n = strcspn(mark, "'"), i;
	struct buf frame, text, answers;

	buf_init(&frame, 1 << 20);
	buf_init(&text, 1 << 20);
	buf_init(&answers, 1 << 20);
	for (i = 1; i < size && i < 10000; i++) {
		if (data[i] == 0xff)
			(void)buf_append(&text, mark, mark_n);
		else
			(void)buf_putc(&text, (char)data[i]);
	}
	for (i = 0; size && i < 3; i++) {
		buf_clear(&frame);
		(void)sftp_put_path(
		    &frame, data[0] % 2 ? SFTP_LSTAT : SFTP_OPENDIR, 1, "a");
		sftp_shell_request(s,
		    (struct blob){.p = (uint8_t *)frame.data, .n = frame.len});
	}
	(void)sftp_shell_feed(s, buf_str(&text), text.len, &answers);
	buf_release(&frame);
	buf_release(&text);
	buf_release(&answers);
	sftp_shell_free(s);
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
	play_shell(data, size);
	return 0;
}
