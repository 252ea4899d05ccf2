#include "http/store.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "http/mime.h"

/* A file whose times are younger than this may be written again without
 * their changing: the clock of a file system moves in steps. */
enum {
	SETTLED = 2 /* seconds */
};

struct slot {
	const struct mount *mount;
	char *path;
	char *bytes;
	struct stat st;
	struct representation r;
};

struct store {
	struct slot slots[STORE_SLOTS];
	struct representation open; /* of a file that is not kept */
	char small[STORE_SMALL];
};

struct store *
store_new(void)
{
	return mem_alloc(1, sizeof(struct store));
}

static void
forget(struct slot *slot)
{
	mem_free(slot->path);
	mem_free(slot->bytes);
	memset(slot, 0, sizeof(*slot));
}

void
store_free(struct store *s)
{
	size_t i;

	if (!s)
		return;
	for (i = 0; i < STORE_SLOTS; i++)
		forget(&s->slots[i]);
	mem_free(s);
}

int
store_status(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
	case ELOOP:
		return 404;
	case EACCES:
	case EPERM:
	case EXDEV:
	case ENXIO: /* a socket */
	case ENODEV:
		return 403;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case EAGAIN:
		return 503;
	default:
		return 500;
	}
}

static char *
put_hex(char *to, uint64_t value, char behind)
{
	static const char digits[] = "0123456789abcdef";
	int shift = 60;

	while (shift > 0 && !(value >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*to++ = digits[value >> shift & 15];
	*to++ = behind;
	return to;
}

static uint64_t
nanoseconds(const struct timespec *t)
{
	return (uint64_t)t->tv_sec * 1000000000 + (uint64_t)t->tv_nsec;
}

void
store_describe(
    struct representation *r, const char *path, const struct stat *st)
{
	char *p = r->etag;

	r->type = mime_of(path);
	r->size = (uint64_t)st->st_size;
	r->modified = st->st_mtim.tv_sec;
	date_format(r->modified, r->date);
	*p++ = '"';
	p = put_hex(p, st->st_ino, '-');
	p = put_hex(p, r->size, '-');
	p = put_hex(p, nanoseconds(&st->st_mtim), '-');
	p = put_hex(p, nanoseconds(&st->st_ctim), '"');
	*p = '\0';
	r->bytes = NULL;
	r->fd = -1;
}

static bool
same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool
store_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	    a->st_size == b->st_size && same_time(&a->st_mtim, &b->st_mtim) &&
	    same_time(&a->st_ctim, &b->st_ctim);
}

static struct slot *
slot_of(struct store *s, const struct mount *m, const char *path)
{
	uint64_t hash = (uintptr_t)m;

	for (; *path; path++)
		hash = (hash ^ (uint8_t)*path) * 0x100000001b3;
	return &s->slots[(hash ^ hash >> 29) % STORE_SLOTS];
}

/* Reads all size bytes; false where the file has fewer by now. */
static bool
read_whole(int fd, char *to, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = pread(fd, to + done, size - done, (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

static void
keep(struct slot *slot, const struct mount *m, const char *path,
    const struct representation *r, const struct stat *st)
{
	forget(slot);
	slot->mount = m;
	slot->path = mem_strdup(path);
	slot->bytes = mem_alloc(r->size + 1, 1);
	memcpy(slot->bytes, r->bytes, r->size);
	slot->st = *st;
	slot->r = *r;
	slot->r.bytes = slot->bytes;
}

bool
store_is_settled(const struct stat *st, int64_t wall)
{
	return st->st_mtim.tv_sec < wall - SETTLED &&
	    st->st_ctim.tv_sec < wall - SETTLED;
}

int
store_open(struct store *s, const struct mount *m, const char *path,
    const struct stat *st, int64_t wall, struct representation **r)
{
	struct slot *slot = slot_of(s, m, path);
	struct stat now;
	int fd;

	if (slot->path && slot->mount == m && store_same_file(&slot->st, st) &&
	    !strcmp(slot->path, path)) {
		*r = &slot->r;
		return 0;
	}
	fd = beneath_open(&m->root, path);
	if (fd < 0)
		return store_status(errno);
	if (fstat(fd, &now) || !S_ISREG(now.st_mode)) {
		close(fd);
		return 403;
	}
	store_describe(&s->open, path, &now);
	s->open.fd = fd;
	*r = &s->open;
	if (now.st_size > STORE_SMALL ||
	    !read_whole(fd, s->small, (size_t)now.st_size))
		return 0;
	s->open.bytes = s->small;
	s->open.fd = fdio_close(fd);
	if (now.st_size <= STORE_KEEP && store_is_settled(&now, wall))
		keep(slot, m, path, &s->open, &now);
	return 0;
}
