/*
 * What a shell prints as answers of SFTP.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "ssh/sftp_shell_internal.h"

enum {
	ANSWER_NAMES = 100, /* in one answer */
	ANSWER_FIELDS = 6 /* that stat prints: mode in hex, the rest decimal */
};

/* The parts of an answer: what a command printed, what it said besides, and
 * its status. */
struct answer {
	struct blob data, message;
	uint64_t status;
};

/* -- Answers of SFTP -- */

static void
put_answer(
    struct buf *to, enum sftp_type type, uint32_t id, const struct buf *body)
{
	(void)blob_put_u32(to, (uint32_t)(1 + sizeof(uint32_t) + body->len));
	(void)blob_put_u8(to, (uint8_t)type);
	(void)blob_put_u32(to, id);
	(void)buf_append(to, buf_str(body), body->len);
}

static void
put_status(struct buf *to, uint32_t id, uint32_t code, struct blob message)
{
	struct buf body;

	buf_init(&body, SFTP_PACKET_MAX);
	(void)blob_put_u32(&body, code);
	(void)blob_put_string(&body, message.p, message.n);
	(void)blob_put_text(&body, "en");
	put_answer(to, SFTP_STATUS, id, &body);
	buf_release(&body);
}

static bool
says(const struct blob *message, const char *words)
{
	return memmem(message->p, message->n, words, strlen(words)) != NULL;
}

/* The reason stands last in a line, behind the command and what it is about. */
static struct blob
reason_of(struct blob message)
{
	size_t n = message.n;
	const uint8_t *newline = memchr(message.p, '\n', n), *p;

	if (newline)
		n = (size_t)(newline - message.p);
	for (p = message.p + n; p - message.p >= 2; p--) {
		if (p[-2] == ':' && p[-1] == ' ')
			break;
	}
	if (p - message.p < 2)
		p = message.p;
	return (struct blob){.p = p, .n = (size_t)(message.p + n - p)};
}

static void
put_failure(struct buf *to, uint32_t id, struct blob message)
{
	struct blob reason = reason_of(message);
	uint32_t code = SFTP_FAILURE;
	struct buf text;

	/* the first as dash has it of a file that is to be made */
	if (says(&message, "nonexistent") || says(&message, "o such file"))
		code = SFTP_NO_SUCH_FILE;
	else if (says(&message, "ermission denied"))
		code = SFTP_PERMISSION_DENIED;
	buf_init(&text, SFTP_PACKET_MAX);
	(void)buf_append(&text, reason.p, reason.n);
	if (text.len > 1 && islower((unsigned char)text.data[1]))
		text.data[0] = (char)tolower((unsigned char)text.data[0]);
	put_status(to, id, code,
	    (struct blob){.p = (const uint8_t *)buf_str(&text), .n = text.len});
	buf_release(&text);
}

static void
put_handle(struct buf *to, const struct shell_request *r, char kind)
{
	struct buf handle, body;

	buf_init(&handle, SFTP_HANDLE_MAX);
	buf_init(&body, SFTP_PACKET_MAX);
	(void)buf_putc(&handle, kind);
	(void)blob_put_u32(&handle, (uint32_t)r->place);
	(void)blob_put_string(&body, handle.data, handle.len);
	put_answer(to, SFTP_HANDLE, r->id, &body);
	buf_release(&handle);
	buf_release(&body);
}

/* What stat has printed, up to a blank behind it or the end. */
static int
get_fields(struct blob *b, struct sftp_attrs *attrs)
{
	uint64_t values[ANSWER_FIELDS];
	size_t i;

	for (i = 0; i < ANSWER_FIELDS; i++) {
		char text[24], *end;
		const uint8_t *blank = memchr(b->p, ' ', b->n);
		size_t n = blank ? (size_t)(blank - b->p) : b->n;

		if (n == 0 || n >= sizeof(text))
			return -1;
		memcpy(text, b->p, n);
		text[n] = '\0';
		values[i] = strtoull(text, &end, i ? 10 : 16);
		if (*end)
			return -1;
		b->p += n + (blank != NULL);
		b->n -= n + (blank != NULL);
	}
	*attrs = (struct sftp_attrs){.flags = SFTP_ATTR_SIZE | SFTP_ATTR_OWNER |
		SFTP_ATTR_MODE | SFTP_ATTR_TIMES,
	    .mode = (uint32_t)values[0],
	    .size = values[1],
	    .uid = (uint32_t)values[2],
	    .gid = (uint32_t)values[3],
	    .atime = (uint32_t)values[4],
	    .mtime = (uint32_t)values[5]};
	return 0;
}

static int
put_stat(struct buf *to, uint32_t id, struct blob fields)
{
	struct sftp_attrs attrs;
	struct buf body;

	if (get_fields(&fields, &attrs))
		return -1;
	buf_init(&body, SFTP_PACKET_MAX);
	(void)sftp_put_attrs(&body, &attrs);
	put_answer(to, SFTP_ATTRS, id, &body);
	buf_release(&body);
	return 0;
}

/* -- Names -- */

static void
put_name(struct buf *body, struct blob name, const struct sftp_attrs *attrs)
{
	(void)blob_put_string(body, name.p, name.n);
	(void)blob_put_text(body, "");
	(void)sftp_put_attrs(body, attrs);
}

/* The next of a directory: FIELDS ./NAME/ and a newline.  1, 0 behind the
 * last, -1 for what is none. */
static int
next_name(struct shell_dir *d, struct buf *body)
{
	struct blob b = {.p = (const uint8_t *)d->names.data + d->at,
	    .n = d->names.len - d->at};
	struct sftp_attrs attrs;
	const uint8_t *slash;

	if (b.n == 0)
		return 0;
	if (get_fields(&b, &attrs) || b.n < 2 || memcmp(b.p, "./", 2))
		return -1;
	b.p += 2;
	b.n -= 2;
	slash = memchr(b.p, '/', b.n);
	if (!slash || slash + 1 == b.p + b.n || slash[1] != '\n')
		return -1;
	b.n = (size_t)(slash - b.p);
	put_name(body, b, &attrs);
	d->at = (size_t)((const char *)slash + 2 - d->names.data);
	return 1;
}

static int
put_names(struct sftp_shell *s, struct buf *to, const struct shell_request *r)
{
	struct shell_dir *d = &s->dirs[r->place];
	struct buf names, body;
	uint32_t n = 0;
	int more = 1;

	buf_init(&names, SFTP_PACKET_MAX);
	buf_init(&body, SFTP_PACKET_MAX);
	while (n < ANSWER_NAMES && (more = next_name(d, &names)) > 0)
		n++;
	(void)blob_put_u32(&body, n);
	(void)buf_append(&body, buf_str(&names), names.len);
	if (more >= 0 && n)
		put_answer(to, SFTP_NAME, r->id, &body);
	else if (more >= 0)
		put_status(to, r->id, SFTP_EOF,
		    (struct blob){.p = (const uint8_t *)""});
	buf_release(&names);
	buf_release(&body);
	return more < 0 ? -1 : 0;
}

/* -- By request -- */

static int
answer_open(struct sftp_shell *s, const struct shell_request *r,
    const struct answer *a, struct buf *to)
{
	if (a->status) {
		s->files[r->place].used = false;
		put_failure(to, r->id, a->message);
		shell_make_held(s);
		return 0;
	}
	put_handle(to, r, 'f');
	return 0;
}

static int
answer_opendir(struct sftp_shell *s, const struct shell_request *r,
    const struct answer *a, struct buf *to)
{
	if (a->status) {
		shell_dir_free(s, r->place);
		put_failure(to, r->id, a->message);
		return 0;
	}
	(void)buf_append(&s->dirs[r->place].names, a->data.p, a->data.n);
	put_handle(to, r, 'd');
	return 0;
}

static int
answer_read(struct sftp_shell *s, const struct shell_request *r,
    const struct answer *a, struct buf *to)
{
	struct shell_file *file = &s->files[r->place];
	struct buf body;

	if (a->data.n > r->n)
		return -1;
	if (file->used && file->at == r->at + r->n)
		file->at = r->at + a->data.n;
	if (a->data.n == 0) {
		put_status(
		    to, r->id, a->status ? SFTP_FAILURE : SFTP_EOF, a->message);
		return 0;
	}
	buf_init(&body, SFTP_PACKET_MAX);
	(void)blob_put_string(&body, a->data.p, a->data.n);
	put_answer(to, SFTP_BYTES, r->id, &body);
	buf_release(&body);
	return 0;
}

static int
answer_readlink(
    const struct shell_request *r, const struct answer *a, struct buf *to)
{
	struct sftp_attrs none = {0};
	struct buf body;

	buf_init(&body, SFTP_PACKET_MAX);
	(void)blob_put_u32(&body, 1);
	put_name(&body, a->data, &none);
	put_answer(to, SFTP_NAME, r->id, &body);
	buf_release(&body);
	return 0;
}

static int
give(struct sftp_shell *s, const struct shell_request *r,
    const struct answer *a, struct buf *to)
{
	if (r->refused) {
		put_status(to, r->id, SFTP_UNSUPPORTED, a->message);
		return 0;
	}
	if (r->type == SFTP_OPEN)
		return answer_open(s, r, a, to);
	if (r->type == SFTP_OPENDIR)
		return answer_opendir(s, r, a, to);
	if (r->type == SFTP_READ)
		return answer_read(s, r, a, to);
	if (a->status) {
		put_failure(to, r->id, a->message);
		return 0;
	}
	switch (r->type) {
	case SFTP_READDIR:
		return put_names(s, to, r);
	case SFTP_READLINK:
		return answer_readlink(r, a, to);
	case SFTP_LSTAT:
	case SFTP_STAT:
	case SFTP_FSTAT:
		return put_stat(to, r->id, a->message);
	default:
		put_status(to, r->id, SFTP_OK, a->message);
		return 0;
	}
}

/* -- What has come -- */

/* The bytes up to the next mark: 1, and at is stepped behind it; or 0. */
static int
next_part(struct sftp_shell *s, size_t *at, struct blob *part)
{
	const char *from = s->in.data + *at, *mark;

	mark = memmem(from, s->in.len - *at, s->mark, SHELL_MARK);
	if (!mark)
		return 0;
	*part = (struct blob){
	    .p = (const uint8_t *)from, .n = (size_t)(mark - from)};
	*at += part->n + SHELL_MARK;
	return 1;
}

/* The first answer, with its length: 0 when it is not whole, -1 for what is
 * none. */
static ssize_t
read_answer(struct sftp_shell *s, struct answer *a)
{
	size_t at = 0;
	const char *status, *end;

	if (s->looked &&
	    !memmem(s->in.data + s->looked, s->in.len - s->looked, s->mark,
		SHELL_MARK))
		at = s->in.len;
	if (at || !next_part(s, &at, &a->data)) {
		s->looked = s->in.len < SHELL_MARK ? 0 : s->in.len - SHELL_MARK;
		return 0;
	}
	if (!next_part(s, &at, &a->message))
		return 0;
	status = s->in.data + at;
	end = memchr(status, '\n', s->in.len - at);
	if (!end)
		return 0;
	if (num_parse(status, (size_t)(end - status), UINT8_MAX, &a->status))
		return -1;
	return end + 1 - s->in.data;
}

int
sftp_shell_feed(
    struct sftp_shell *s, const char *bytes, size_t n, struct buf *answers)
{
	struct answer a;
	ssize_t used;

	if (buf_append(&s->in, bytes, n))
		return -1;
	while (s->in.len && (used = read_answer(s, &a)) != 0) {
		struct shell_request *r = &s->requests[s->first];

		if (used < 0 || s->n == 0)
			return -1;
		s->first = (s->first + 1) % SFTP_CLIENT_MAX;
		s->n--;
		if (give(s, r, &a, answers))
			return -1;
		buf_consume(&s->in, (size_t)used);
		s->looked = 0;
	}
	return 0;
}
