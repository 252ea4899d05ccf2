#include "fleet/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "fleet/tempfile.h"

struct spill {
	pthread_mutex_t lock;
	int fd; /* -1 until something has to go there */
	off_t end;
};

struct spill *
spill_new(void)
{
	struct spill *s = mem_alloc(1, sizeof(*s));

	pthread_mutex_init(&s->lock, NULL);
	s->fd = -1;
	return s;
}

void
spill_free(struct spill *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	pthread_mutex_destroy(&s->lock);
	mem_free(s);
}

void
spill_text_init(struct spill_text *t)
{
	*t = (struct spill_text){0};
	buf_init(&t->tail, SPILL_PIECE);
}

/* A place in the file for one piece, or -1 with errno. */
static off_t
take_place(struct spill *s)
{
	off_t at = -1;

	pthread_mutex_lock(&s->lock);
	if (s->fd < 0)
		s->fd = tempfile_open();
	if (s->fd >= 0) {
		at = s->end;
		s->end += SPILL_PIECE;
	}
	pthread_mutex_unlock(&s->lock);
	return at;
}

static int
write_piece(int fd, const char *bytes, off_t at)
{
	size_t done = 0;

	while (done < SPILL_PIECE) {
		ssize_t n = pwrite(
		    fd, bytes + done, SPILL_PIECE - done, at + (off_t)done);

		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0)
			done += (size_t)n;
	}
	return 0;
}

static int
read_piece(int fd, char *bytes, off_t at)
{
	size_t done = 0;

	while (done < SPILL_PIECE) {
		ssize_t n = pread(
		    fd, bytes + done, SPILL_PIECE - done, at + (off_t)done);

		if (n == 0 || (n < 0 && errno != EINTR))
			return n ? errno : EIO;
		if (n > 0)
			done += (size_t)n;
	}
	return 0;
}

/* FNV-1a over words of eight bytes: equal texts have equal numbers. */
static uint64_t
hash_piece(uint64_t hash, const char *bytes)
{
	size_t i;

	for (i = 0; i < SPILL_PIECE; i += sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, bytes + i, sizeof(word));
		hash = (hash ^ word) * 0x100000001b3u;
	}
	return hash;
}

static int
flush(struct spill *s, struct spill_text *t)
{
	off_t at = take_place(s);
	int error = at < 0 ? errno : write_piece(s->fd, t->tail.data, at);

	if (error)
		return error;
	if (t->n_pieces == t->max_pieces) {
		t->max_pieces = t->max_pieces ? 2 * t->max_pieces : 8;
		t->pieces =
		    mem_realloc(t->pieces, t->max_pieces * sizeof(*t->pieces));
	}
	t->pieces[t->n_pieces++] = at;
	t->hash = hash_piece(t->hash, t->tail.data);
	buf_clear(&t->tail);
	return 0;
}

int
spill_append(struct spill *s, struct spill_text *t, const char *bytes, size_t n)
{
	while (n > 0) {
		size_t room = SPILL_PIECE - t->tail.len;
		size_t step = n < room ? n : room;
		int error = room ? 0 : flush(s, t);

		if (error)
			return error;
		(void)buf_append(&t->tail, bytes, step);
		bytes += step;
		n -= step;
	}
	return 0;
}

int
spill_read(
    struct spill *s, const struct spill_text *t, spill_take *take, void *arg)
{
	char *bytes = t->n_pieces ? mem_alloc(1, SPILL_PIECE) : NULL;
	size_t i;
	int ret = 0;

	for (i = 0; i < t->n_pieces && !ret; i++) {
		ret = read_piece(s->fd, bytes, t->pieces[i]);
		if (!ret)
			ret = take(arg, bytes, SPILL_PIECE);
	}
	mem_free(bytes);
	if (!ret && t->tail.len)
		ret = take(arg, t->tail.data, t->tail.len);
	return ret;
}

static bool
same_pieces(
    struct spill *s, const struct spill_text *a, const struct spill_text *b)
{
	char *one = mem_alloc(2, SPILL_PIECE);
	char *other = one + SPILL_PIECE;
	bool same = true;
	size_t i;

	for (i = 0; i < a->n_pieces && same; i++)
		same = !read_piece(s->fd, one, a->pieces[i]) &&
		    !read_piece(s->fd, other, b->pieces[i]) &&
		    !memcmp(one, other, SPILL_PIECE);
	mem_free(one);
	return same;
}

bool
spill_same(
    struct spill *s, const struct spill_text *a, const struct spill_text *b)
{
	if (a->n_pieces != b->n_pieces || a->hash != b->hash ||
	    a->tail.len != b->tail.len ||
	    memcmp(buf_str(&a->tail), buf_str(&b->tail), a->tail.len) != 0)
		return false;
	return !a->n_pieces || same_pieces(s, a, b);
}

uint64_t
spill_hash(const struct spill_text *t)
{
	uint64_t hash = t->hash ^ t->n_pieces;
	size_t i;

	for (i = 0; i < t->tail.len; i++)
		hash = (hash ^ (unsigned char)t->tail.data[i]) * 0x100000001b3u;
	return hash;
}

bool
spill_empty(const struct spill_text *t)
{
	return !t->n_pieces && !t->tail.len;
}

void
spill_drop(struct spill *s, struct spill_text *t)
{
	size_t i;

	/* where no holes can be made, the room is given back at the end */
	for (i = 0; i < t->n_pieces; i++)
		(void)fallocate(s->fd,
		    FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, t->pieces[i],
		    SPILL_PIECE);
	mem_free(t->pieces);
	buf_release(&t->tail);
	spill_text_init(t);
}
