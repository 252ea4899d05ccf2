#include "http/store.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

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
	size_t files, files_max; /* that are kept open */
	struct representation open; /* of a file that is not kept */
	char small[STORE_SMALL];
};

struct store *
store_new(size_t files)
{
	struct store *s = mem_alloc(1, sizeof(*s));

	s->files_max = files;
	return s;
}

static void
forget(struct store *s, struct slot *slot)
{
	if (slot->r.file)
		s->files--;
	file_drop(slot->r.file);
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
		forget(s, &s->slots[i]);
	mem_free(s);
}

void
store_close_files(struct store *s)
{
	size_t i;

	for (i = 0; s->files && i < STORE_SLOTS; i++)
		if (s->slots[i].r.file)
			forget(s, &s->slots[i]);
}

bool
store_has_files(const struct store *s)
{
	return s->files != 0;
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
	r->file = NULL;
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

/* Keeps what is in s->open: its bytes, or its file. */
static void
keep(struct store *s, struct slot *slot, const struct mount *m,
    const char *path, const struct stat *st)
{
	forget(s, slot);
	slot->mount = m;
	slot->path = mem_strdup(path);
	slot->st = *st;
	slot->r = s->open;
	if (s->open.file) {
		file_hold(s->open.file);
		s->files++;
		return;
	}
	slot->bytes = mem_alloc(s->open.size + 1, 1);
	memcpy(slot->bytes, s->open.bytes, s->open.size);
	slot->r.bytes = slot->bytes;
}

bool
store_is_settled(const struct stat *st, int64_t wall)
{
	return st->st_mtim.tv_sec < wall - SETTLED &&
	    st->st_ctim.tv_sec < wall - SETTLED;
}

/* Fills s->open from a file, with its bytes where they are few. */
static void
fill(struct store *s, const char *path, int fd, const struct stat *st)
{
	store_describe(&s->open, path, st);
	if (st->st_size <= STORE_SMALL &&
	    read_whole(fd, s->small, (size_t)st->st_size)) {
		s->open.bytes = s->small;
		close(fd);
	} else {
		s->open.file = file_new(fd);
	}
}

static bool
is_worth_keeping(const struct store *s, const struct stat *st, int64_t wall)
{
	if (s->open.file)
		return s->files < s->files_max;
	return st->st_size <= STORE_KEEP && store_is_settled(st, wall);
}

int
store_open(struct store *s, const struct mount *m, const char *path,
    const struct stat *st, int64_t wall, const struct representation **r)
{
	struct slot *slot = slot_of(s, m, path);
	struct stat now;
	int fd;

	if (slot->path && slot->mount == m && store_same_file(&slot->st, st) &&
	    !strcmp(slot->path, path)) {
		if (slot->r.file)
			file_hold(slot->r.file);
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
	fill(s, path, fd, &now);
	if (is_worth_keeping(s, &now, wall))
		keep(s, slot, m, path, &now);
	*r = &s->open;
	return 0;
}
