#include "http/body.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

enum {
	SMALL = 32768, /* bytes that are cheaper copied than sent by file */
	FILL = 49152, /* parts are gathered up to so many bytes */
	SLICE = 1 << 20 /* bytes of one sendfile */
};

struct body *
body_new(struct file *file, const struct range *ranges, size_t n,
    const char *boundary, const char *type, uint64_t size)
{
	struct body *b = mem_alloc(1, sizeof(*b));

	b->file = file_hold(file);
	if (n == 1) {
		b->offset = ranges[0].first;
		b->left = ranges[0].length;
		return b;
	}
	b->ranges = mem_alloc(n, sizeof(*ranges));
	memcpy(b->ranges, ranges, n * sizeof(*ranges));
	b->count = n;
	b->type = type;
	b->size = size;
	memcpy(b->boundary, boundary, REPLY_BOUNDARY_LEN);
	return b;
}

void
body_free(struct body *b)
{
	if (!b)
		return;
	file_drop(b->file);
	mem_free(b->ranges);
	mem_free(b);
}

static bool
has_more(const struct body *b)
{
	return b->left || (b->ranges && b->next <= b->count);
}

bool
body_joins(const struct body *b)
{
	if (!b->ranges && !b->copy && b->left > SMALL && b->left <= SLICE)
		return false;
	return has_more(b);
}

static void
begin_part(struct body *b, struct buf *out)
{
	const struct range *r = NULL;

	if (b->next < b->count) {
		r = &b->ranges[b->next];
		b->offset = r->first;
		b->left = r->length;
	}
	b->next++;
	reply_part(out, b->boundary, b->type, r, b->size);
}

static int
copy_bytes(struct body *b, struct buf *out)
{
	size_t n = b->left < SMALL ? (size_t)b->left : SMALL;
	char *to = buf_room(out, n);
	ssize_t got;

	if (!to)
		return -1;
	do
		got = pread(b->file->fd, to, n, (off_t)b->offset);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		return -1;
	buf_grow(out, (size_t)got);
	b->offset += (uint64_t)got;
	b->left -= (uint64_t)got;
	return 0;
}

static enum body_step
send_bytes(struct body *b, int socket, uint64_t *sent)
{
	size_t n = b->left < SLICE ? (size_t)b->left : SLICE;
	off_t offset = (off_t)b->offset;
	ssize_t done = sendfile(socket, b->file->fd, &offset, n);

	if (done > 0) {
		b->offset += (uint64_t)done;
		b->left -= (uint64_t)done;
		*sent += (uint64_t)done;
		return BODY_SENT;
	}
	if (done == 0)
		return BODY_FAILED;
	if (errno == EAGAIN)
		return BODY_BLOCKED;
	if (errno == EINTR)
		return BODY_SENT;
	if (errno != EINVAL && errno != ENOSYS)
		return BODY_FAILED;
	b->copy = true;
	return BODY_SENT;
}

/* Between the slices of a large body no segment is sent half full. */
static void
set_cork(struct body *b, int socket, bool on)
{
	const int value = on;

	if (on == b->corked)
		return;
	b->corked = on;
	setsockopt(socket, IPPROTO_TCP, TCP_CORK, &value, sizeof(value));
}

enum body_step
body_advance(struct body *b, int socket, struct buf *out, uint64_t *sent)
{
	if (!has_more(b)) {
		set_cork(b, socket, false);
		return BODY_DONE;
	}
	if (b->left > SMALL && !b->copy) {
		if (b->left > SLICE)
			set_cork(b, socket, true);
		return send_bytes(b, socket, sent);
	}
	while (has_more(b) && out->len < FILL) {
		if (b->left > SMALL && !b->copy)
			break;
		if (!b->left)
			begin_part(b, out);
		else if (copy_bytes(b, out))
			return BODY_FAILED;
	}
	return BODY_ADDED;
}
