/*
 * The bytes of an SFTP session: a server's as they are, a shell's by way of
 * sftp_shell.
 */
#include <string.h>

#include "base/diag.h"
#include "base/quote.h"
#include "ssh/sftp_session_internal.h"

enum {
	SESSION_STEP = 32700, /* what the library puts into one packet */
	SESSION_ROOM = 32 * 1024
};

size_t
session_room(void *arg, enum channel_stream stream)
{
	const struct sftp *s = arg;

	if (stream == CHANNEL_STDERR || !s->output || !s->client.ready)
		return SESSION_ROOM;
	return s->output->room(s->output->arg, CHANNEL_STDOUT);
}

/* The answers of a shell are ours to make. */
static int
feed_shell(struct sftp *s, const char *bytes, size_t n)
{
	int ret = sftp_shell_feed(s->shell, bytes, n, &s->answers);

	if (!ret)
		ret =
		    sftp_feed(&s->client, buf_str(&s->answers), s->answers.len);
	buf_clear(&s->answers);
	return ret;
}

/* Where a shell greets instead of a server, it is spoken to from now on. */
static int
feed_early(struct sftp *s, const char *bytes, size_t n)
{
	static const char greeting[] = SFTP_SHELL_GREETING "\n";
	size_t len = sizeof(greeting) - 1, have;
	int ret;

	(void)buf_append(&s->early, bytes, n);
	have = s->early.len < len ? s->early.len : len;
	if (have && !memcmp(s->early.data, greeting, have)) {
		if (have < len)
			return 0;
		diag_verbose(1,
		    "there is no sftp-server under sudo: "
		    "a shell does its work");
		s->shell = sftp_shell_new();
		sftp_shell_describe(&s->client.server);
		s->client.ready = true;
		return s->early.len > len ? -1 : 0;
	}
	ret = sftp_feed(&s->client, buf_str(&s->early), s->early.len);
	buf_clear(&s->early);
	return ret;
}

static int
feed(struct sftp *s, const char *bytes, size_t n)
{
	if (s->shell)
		return feed_shell(s, bytes, n);
	if (s->exec.sudo && !s->client.ready)
		return feed_early(s, bytes, n);
	return sftp_feed(&s->client, bytes, n);
}

void
session_output(
    void *arg, enum channel_stream stream, const char *bytes, size_t n)
{
	struct sftp *s = arg;

	if (stream == CHANNEL_STDERR) {
		buf_append(&s->words, bytes,
		    n < SESSION_WORDS - s->words.len
			? n
			: SESSION_WORDS - s->words.len);
		diag_verbose(1, "sftp: %.*s", (int)n, bytes);
		return;
	}
	if (s->broken || !feed(s, bytes, n))
		return;
	s->broken = true;
	n = s->client.in.len;
	while (n > 0 && strchr("\r\n", s->client.in.data[n - 1]))
		n--;
	if (!s->client.ready)
		quote_printable(&s->nonsense, s->client.in.data, n);
}

/* What a shell reads: a request is made into lines when those before have
 * gone. */
static size_t
take_lines(struct sftp *s, char *bytes, size_t n)
{
	struct buf *lines = sftp_shell_lines(s->shell);
	struct blob frame;

	while (!lines->len && sftp_next_request(&s->client, &frame)) {
		sftp_shell_request(s->shell, frame);
		sftp_skip(&s->client, frame.n);
	}
	if (n > lines->len)
		n = lines->len;
	if (n)
		memcpy(bytes, lines->data, n);
	buf_consume(lines, n);
	return n;
}

ssize_t
session_input(void *arg, char *bytes, size_t n)
{
	struct sftp *s = arg;
	size_t got;

	if (n > SESSION_STEP)
		n = SESSION_STEP;
	got = s->shell ? take_lines(s, bytes, n)
		       : sftp_take(&s->client, bytes, n);
	if (got)
		return (ssize_t)got;
	return s->closing ? 0 : -1;
}
