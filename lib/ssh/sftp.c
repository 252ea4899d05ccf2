#include "ssh/sftp.h"

#include <string.h>

enum {
	SFTP_LENGTH = 4, /* bytes of a packet's length */
	SFTP_READ_ONLY = 1, /* SSH_FXE_STATVFS_ST_RDONLY */
	SFTP_ATTR_EXTENDED = INT32_MIN
};

static int
put_u64(struct buf *to, uint64_t value)
{
	if (blob_put_u32(to, (uint32_t)(value >> 32)))
		return -1;
	return blob_put_u32(to, (uint32_t)value);
}

int
sftp_get_u64(struct blob *b, uint64_t *value)
{
	struct blob rest = *b;
	uint32_t high, low;

	if (blob_get_u32(&rest, &high) || blob_get_u32(&rest, &low))
		return -1;
	*value = (uint64_t)high << 32 | low;
	*b = rest;
	return 0;
}

/* A packet: its length is filled in when it ends. */
static size_t
begin(struct buf *to, enum sftp_type type, uint32_t id)
{
	size_t at = to->len;

	(void)blob_put_u32(to, 0);
	(void)blob_put_u8(to, (uint8_t)type);
	(void)blob_put_u32(to, id);
	return at;
}

/* more: bytes that the caller appends.  A packet that does not fit is taken
 * back. */
static int
end(struct buf *to, size_t at, size_t more, int failed)
{
	size_t n = to->len - at - SFTP_LENGTH + more;

	if (failed || to->len < at + SFTP_LENGTH + 1) {
		to->len = at;
		return -1;
	}
	to->data[at] = (char)(n >> 24);
	to->data[at + 1] = (char)(n >> 16);
	to->data[at + 2] = (char)(n >> 8);
	to->data[at + 3] = (char)n;
	return 0;
}

int
sftp_put_attrs(struct buf *to, const struct sftp_attrs *a)
{
	uint32_t flags = a ? a->flags : 0;
	int failed = blob_put_u32(to, flags);

	if (flags & SFTP_ATTR_SIZE)
		failed |= put_u64(to, a->size);
	if (flags & SFTP_ATTR_OWNER)
		failed |= blob_put_u32(to, a->uid) | blob_put_u32(to, a->gid);
	if (flags & SFTP_ATTR_MODE)
		failed |= blob_put_u32(to, a->mode);
	if (flags & SFTP_ATTR_TIMES)
		failed |=
		    blob_put_u32(to, a->atime) | blob_put_u32(to, a->mtime);
	return failed;
}

static int
put_blob(struct buf *to, struct blob b)
{
	return blob_put_string(to, b.p, b.n);
}

int
sftp_put_init(struct buf *to)
{
	size_t at = to->len;

	(void)blob_put_u32(to, 0);
	return end(to, at, 0,
	    blob_put_u8(to, SFTP_INIT) | blob_put_u32(to, SFTP_VERSION));
}

int
sftp_put_path(
    struct buf *to, enum sftp_type type, uint32_t id, const char *path)
{
	size_t at = begin(to, type, id);

	return end(to, at, 0, blob_put_text(to, path));
}

int
sftp_put_path_attrs(struct buf *to, enum sftp_type type, uint32_t id,
    const char *path, const struct sftp_attrs *attrs)
{
	size_t at = begin(to, type, id);

	return end(
	    to, at, 0, blob_put_text(to, path) | sftp_put_attrs(to, attrs));
}

int
sftp_put_open(struct buf *to, uint32_t id, const char *path, uint32_t flags,
    const struct sftp_attrs *attrs)
{
	size_t at = begin(to, SFTP_OPEN, id);

	return end(to, at, 0,
	    blob_put_text(to, path) | blob_put_u32(to, flags) |
		sftp_put_attrs(to, attrs));
}

int
sftp_put_handle(
    struct buf *to, enum sftp_type type, uint32_t id, struct blob handle)
{
	size_t at = begin(to, type, id);

	return end(to, at, 0, put_blob(to, handle));
}

int
sftp_put_handle_attrs(struct buf *to, uint32_t id, struct blob handle,
    const struct sftp_attrs *attrs)
{
	size_t at = begin(to, SFTP_FSETSTAT, id);

	return end(to, at, 0, put_blob(to, handle) | sftp_put_attrs(to, attrs));
}

int
sftp_put_read(struct buf *to, uint32_t id, struct blob handle, uint64_t offset,
    uint32_t n)
{
	size_t at = begin(to, SFTP_READ, id);

	return end(to, at, 0,
	    put_blob(to, handle) | put_u64(to, offset) | blob_put_u32(to, n));
}

int
sftp_put_write(struct buf *to, uint32_t id, struct blob handle, uint64_t offset,
    uint32_t n)
{
	size_t at = begin(to, SFTP_WRITE, id);

	return end(to, at, n,
	    put_blob(to, handle) | put_u64(to, offset) | blob_put_u32(to, n));
}

int
sftp_put_paths(struct buf *to, enum sftp_type type, uint32_t id,
    const char *from, const char *name)
{
	size_t at = begin(to, type, id);

	return end(
	    to, at, 0, blob_put_text(to, from) | blob_put_text(to, name));
}

int
sftp_put_extended(struct buf *to, uint32_t id, const char *request,
    const char *path, const char *second)
{
	size_t at = begin(to, SFTP_EXTENDED, id);
	int failed = blob_put_text(to, request);

	if (path)
		failed |= blob_put_text(to, path);
	if (second)
		failed |= blob_put_text(to, second);
	return end(to, at, 0, failed);
}

int
sftp_put_fsync(struct buf *to, uint32_t id, struct blob handle)
{
	size_t at = begin(to, SFTP_EXTENDED, id);

	return end(to, at, 0,
	    blob_put_text(to, "fsync@openssh.com") | put_blob(to, handle));
}

ssize_t
sftp_frame(const char *bytes, size_t n, struct blob *packet)
{
	struct blob b = {.p = (const uint8_t *)bytes, .n = n};
	uint32_t length;

	if (blob_get_u32(&b, &length))
		return 0;
	if (length == 0 || length > SFTP_PACKET_MAX)
		return -1;
	if (b.n < length)
		return 0;
	*packet = (struct blob){.p = b.p, .n = length};
	return SFTP_LENGTH + (ssize_t)length;
}

/* Pairs of strings that nobody here asked for. */
static int
skip_extended(struct blob *b)
{
	struct blob text;
	uint32_t n;

	if (blob_get_u32(b, &n))
		return -1;
	while (n-- > 0) {
		if (blob_get_string(b, &text) || blob_get_string(b, &text))
			return -1;
	}
	return 0;
}

int
sftp_get_attrs(struct blob *b, struct sftp_attrs *a)
{
	uint32_t flags;

	*a = (struct sftp_attrs){0};
	if (blob_get_u32(b, &flags))
		return -1;
	if ((flags & SFTP_ATTR_SIZE) && sftp_get_u64(b, &a->size))
		return -1;
	if ((flags & SFTP_ATTR_OWNER) &&
	    (blob_get_u32(b, &a->uid) || blob_get_u32(b, &a->gid)))
		return -1;
	if ((flags & SFTP_ATTR_MODE) && blob_get_u32(b, &a->mode))
		return -1;
	if ((flags & SFTP_ATTR_TIMES) &&
	    (blob_get_u32(b, &a->atime) || blob_get_u32(b, &a->mtime)))
		return -1;
	if ((flags & (uint32_t)SFTP_ATTR_EXTENDED) && skip_extended(b))
		return -1;
	a->flags = flags &
	    (SFTP_ATTR_SIZE | SFTP_ATTR_OWNER | SFTP_ATTR_MODE |
		SFTP_ATTR_TIMES);
	return 0;
}

/* Old servers leave the message out. */
static int
get_status(struct blob *b, struct sftp_reply *r)
{
	if (blob_get_u32(b, &r->code))
		return -1;
	(void)blob_get_string(b, &r->message);
	return 0;
}

int
sftp_parse(struct blob packet, struct sftp_reply *r)
{
	*r = (struct sftp_reply){0};
	if (blob_get_u8(&packet, &r->type) || blob_get_u32(&packet, &r->id))
		return -1;
	switch (r->type) {
	case SFTP_STATUS:
		return get_status(&packet, r);
	case SFTP_HANDLE:
		return blob_get_string(&packet, &r->bytes) ||
			r->bytes.n > SFTP_HANDLE_MAX
		    ? -1
		    : 0;
	case SFTP_BYTES:
		return blob_get_string(&packet, &r->bytes);
	case SFTP_NAME:
		r->bytes = packet;
		return blob_get_u32(&r->bytes, &r->count);
	case SFTP_ATTRS:
		return sftp_get_attrs(&packet, &r->attrs);
	case SFTP_HELLO: /* its version stands in the place of an id */
	case SFTP_EXTENDED_REPLY:
		r->bytes = packet;
		return 0;
	default:
		return -1;
	}
}

int
sftp_parse_hello(const struct sftp_reply *reply, struct sftp_server *s)
{
	struct blob rest = reply->bytes, name, value;

	*s = (struct sftp_server){.version = reply->id,
	    .read_max = SFTP_DATA,
	    .write_max = SFTP_DATA};
	while (rest.n) {
		if (blob_get_string(&rest, &name) ||
		    blob_get_string(&rest, &value))
			return -1;
		if (blob_is(&name, "posix-rename@openssh.com"))
			s->posix_rename = true;
		else if (blob_is(&name, "statvfs@openssh.com"))
			s->statvfs = true;
		else if (blob_is(&name, "limits@openssh.com"))
			s->limits = true;
		else if (blob_is(&name, "fsync@openssh.com"))
			s->fsync = true;
		else if (blob_is(&name, "expand-path@openssh.com"))
			s->expand_path = true;
	}
	return 0;
}

/* Packet, read, write, open files; 0 is unknown, and less than everyone takes
 * is a mistake. */
int
sftp_parse_limits(const struct sftp_reply *reply, struct sftp_server *s)
{
	struct blob rest = reply->bytes;
	uint64_t packet, read, write;

	if (sftp_get_u64(&rest, &packet) || sftp_get_u64(&rest, &read) ||
	    sftp_get_u64(&rest, &write))
		return -1;
	if (read > SFTP_DATA)
		s->read_max = read > SFTP_PACKET_MAX / 2 ? SFTP_PACKET_MAX / 2
							 : (uint32_t)read;
	if (write > SFTP_DATA)
		s->write_max = write > SFTP_PACKET_MAX / 2 ? SFTP_PACKET_MAX / 2
							   : (uint32_t)write;
	return 0;
}

int
sftp_parse_space(const struct sftp_reply *reply, struct sftp_space *space)
{
	struct blob rest = reply->bytes;
	uint64_t values[11]; /* of struct statvfs, as in PROTOCOL, 4.4 */
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (sftp_get_u64(&rest, &values[i]))
			return -1;
	}
	*space = (struct sftp_space){.unit = values[1],
	    .blocks = values[2],
	    .available = values[4],
	    .files = values[5],
	    .files_available = values[7],
	    .read_only = values[9] & SFTP_READ_ONLY};
	return 0;
}

int
sftp_next_entry(struct sftp_reply *reply, struct sftp_entry *entry)
{
	struct blob longname;

	if (reply->count == 0)
		return 0;
	reply->count--;
	if (blob_get_string(&reply->bytes, &entry->name) ||
	    blob_get_string(&reply->bytes, &longname) ||
	    sftp_get_attrs(&reply->bytes, &entry->attrs))
		return -1;
	return 1;
}
