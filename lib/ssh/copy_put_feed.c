/*
 * One file on its way to a host: its source, which is opened late and closed
 * early, so that many files need few descriptors.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "base/quote.h"
#include "ssh/copy_put_internal.h"

enum {
	WRITE_HEAD = 25, /* bytes of a write before its data and handle */
	PAGE_LARGE = 65536, /* bytes of the largest pages */
	READ_LATER = -2
};

static void
take_stat(struct putting *g, const struct stat *st)
{
	const struct copy_watch *watch = g->put->how->watch;

	watch->expected(watch->arg, (int64_t)st->st_size - (int64_t)g->size);
	g->size = (uint64_t)st->st_size;
	g->sparse = st->st_blocks * 512 < st->st_size;
	/* in /proc and /sys, sizes say nothing: they are 0, or a page */
	g->read_to_end = st->st_size == 0 ||
	    (st->st_blocks == 0 && st->st_size <= PAGE_LARGE);
	g->mtime = st->st_mtim;
	g->atime = st->st_atim;
	if (!g->put->how->set_mode)
		g->mode = st->st_mode & 07777;
}

/* What stands in a tree is not followed; what was named may be a link. */
static int
open_source(struct putting *g)
{
	const struct sources *s = g->put->sources;
	char *path = sources_path(s, g->file);
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	struct stat st = {0};
	int error = 0;

	if (g->file->dir != SOURCE_NO_DIR)
		flags |= O_NOFOLLOW;
	g->fd = open(path, flags);
	mem_free(path);
	if (g->fd < 0 || fstat(g->fd, &st))
		error = errno;
	else if (!S_ISREG(st.st_mode))
		error = EINVAL;
	if (error) {
		putting_fail_errno(g, error);
		return -1;
	}
	take_stat(g, &st);
	return 0;
}

static bool
is_open_ended(const struct putting *g)
{
	return g->read_to_end || g->file->kind == SOURCE_STREAM;
}

/* The next bytes of the source: a number, 0 at its end, READ_LATER, or -1. */
static ssize_t
read_source(struct putting *g, char *bytes, size_t n)
{
	const struct exec_io *input = g->put->input;
	ssize_t got;

	if (g->file->kind == SOURCE_STREAM) {
		got = input->input(input->arg, bytes, n);
		sftp_wait_also(g->put->s, got < 0 ? input->input_fd : -1);
		return got < 0 ? READ_LATER : got;
	}
	do
		got = pread(g->fd, bytes, n, (off_t)g->at);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		putting_fail_errno(g, errno);
	else if (got == 0 && !g->read_to_end)
		putting_fail(g, "became shorter while it was read");
	return got;
}

/* Steps over a hole, and returns where the bytes behind it end. */
static uint64_t
skip_hole(struct putting *g)
{
	off_t data, hole;

	if (!g->sparse)
		return g->size;
	data = lseek(g->fd, (off_t)g->at, SEEK_DATA);
	if (data < 0) {
		/* nothing but holes, or a file system that tells none */
		g->sparse = false;
		if (errno == ENXIO)
			g->at = g->size;
		return g->size;
	}
	hole = lseek(g->fd, data, SEEK_HOLE);
	g->at = (uint64_t)data < g->size ? (uint64_t)data : g->size;
	return hole < 0 || (uint64_t)hole > g->size ? g->size : (uint64_t)hole;
}

/* How many bytes the next write may have. */
static size_t
next_size(struct putting *g)
{
	const struct copy_watch *watch = g->put->how->watch;
	size_t n = g->put->client->server.write_max;

	if (!is_open_ended(g)) {
		uint64_t until = skip_hole(g);

		if (until - g->at < n)
			n = (size_t)(until - g->at);
	}
	return n ? watch->allow(watch->arg, n) : 0;
}

/* The data are read to where they go, behind the request's head. */
ssize_t
putting_send_bytes(struct putting *g, struct sftp_client *client,
    struct blob handle, size_t n, uint64_t number)
{
	struct buf *out = &client->out;
	char *to = buf_room(out, WRITE_HEAD + handle.n + n), first;
	ssize_t got;

	if (!to)
		mem_exhausted();
	to += WRITE_HEAD + handle.n;
	got = read_source(g, to, n);
	if (got <= 0)
		return got;
	/* the head's end is a NUL for a moment */
	first = *to;
	(void)sftp_put_write(out,
	    putting_request_on(g, client, PUT_WRITE,
		number == PUT_NO_NUMBER ? (uint64_t)got : number),
	    handle, g->at, (uint32_t)got);
	*to = first;
	buf_grow(out, (size_t)got);
	g->writes++;
	g->at += (uint64_t)got;
	g->written = g->at;
	return got;
}

static bool
may_send(const struct putting *g)
{
	const struct put *p = g->put;

	return !g->failed && sftp_unsent(p->client) < PUT_UNSENT &&
	    sftp_client_has_room(p->client, PUT_FILE_REQUESTS);
}

/* One write more: 1, 0 when that must wait, or -1 when all is sent or it has
 * failed. */
static int
feed_once(struct putting *g)
{
	size_t n = next_size(g);
	ssize_t got;

	if (n == 0 && (is_open_ended(g) || g->at < g->size))
		return 0;
	got = n ? putting_send_bytes(
		      g, g->put->client, putting_handle(g), n, PUT_NO_NUMBER)
		: 0;
	if (got == READ_LATER)
		return 0;
	if (got == 0 && !g->failed)
		putting_send_end(g);
	return got > 0 ? 1 : -1;
}

void
putting_feed(struct putting *g)
{
	int more = 1;

	if (g->state == PUTTING_WRITE && g->spread)
		spread_feed(g);
	if (g->state != PUTTING_WRITE || g->spread || !may_send(g))
		return;
	if (g->fd < 0 && g->file->kind == SOURCE_FILE && open_source(g)) {
		putting_send_fail(g);
		return;
	}
	while (more > 0 && may_send(g))
		more = feed_once(g);
	if (g->failed && g->waiting == 0)
		putting_send_fail(g);
}

/* A large file is opened first: its temporary name tells its state. */
static int
open_large(struct putting *g, uint64_t *state)
{
	char beginning[COPY_BEGINNING];
	ssize_t n;

	if (open_source(g))
		return -1;
	do
		n = pread(g->fd, beginning, sizeof(beginning), 0);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		putting_fail_errno(g, errno);
		return -1;
	}
	*state = copy_state(
	    g->size, g->mtime.tv_sec, g->mtime.tv_nsec, beginning, (size_t)n);
	return 0;
}

/* The caller's. */
char *
putting_temp_name(const struct putting *g)
{
	char text[COPY_TEMP_LEN + 1], *dir, *name, *temp;
	size_t n;
	const char *last = copy_last(g->target, &n);

	name = mem_strndup(last, n);
	dir = copy_parent(g->target);
	copy_temp_name(text, name,
	    g->gaps ? copy_state_spread(g->source) : g->source, &g->put->run);
	temp = copy_join(dir, text);
	mem_free(name);
	mem_free(dir);
	return temp;
}

static void
make_names(struct putting *g, uint64_t state)
{
	struct put *p = g->put;
	size_t n;
	const char *last = copy_last(g->target, &n);
	uint32_t number = copy_name_number(last, n);

	g->source = state;
	g->wide = state && putting_wants_spread(g);
	g->gaps = g->wide && p->n_spares > 0;
	g->part = put_take_part(p, number, state);
	if (!g->part && state) {
		g->part = put_take_part(p, number, copy_state_spread(state));
		g->part_gaps = g->part != NULL;
		g->gaps |= g->part_gaps;
	}
	g->temp = putting_temp_name(g);
}

static void
send_first(struct putting *g)
{
	struct put *p = g->put;

	if (put_dir_of(p, g->file) != DIR_NEW)
		(void)sftp_put_path(putting_out(g), SFTP_LSTAT,
		    putting_request(g, PUT_LOOK, 0), g->target);
	if (g->file->kind != SOURCE_LINK) {
		g->state = PUTTING_OPEN;
		putting_send_open(g);
		return;
	}
	g->state = PUTTING_END;
	(void)sftp_put_paths(putting_out(g), SFTP_SYMLINK,
	    putting_request(g, PUT_LINK, 0), g->file->link, g->temp);
}

int
putting_start(struct put *p, const struct source_file *file)
{
	bool large = file->kind == SOURCE_FILE && file->size >= COPY_KEPT;
	struct putting *g = p->files;
	uint64_t state = 0;

	if (large && (p->large >= PUT_LARGE || (p->how->resume && p->looking)))
		return -1;
	while (g->state != PUTTING_NOTHING)
		g++;
	*g = (struct putting){
	    .put = p, .file = file, .fd = -1, .size = file->size};
	buf_init(&g->reason, COPY_TEXT);
	g->mode = p->how->set_mode ? p->how->mode : file->mode;
	if (file->kind == SOURCE_STREAM && !p->how->set_mode)
		g->mode &= ~p->how->mask;
	g->target = put_path(p, file);
	p->active++;
	g->large = large;
	p->large += large;
	if (large && open_large(g, &state)) {
		putting_end(g);
		return 0;
	}
	make_names(g, state);
	send_first(g);
	return 0;
}

void
putting_stop(struct putting *g)
{
	if (g->state == PUTTING_NOTHING || g->state == PUTTING_RENAME ||
	    g->state == PUTTING_REPLACE || g->state == PUTTING_FAIL)
		return;
	g->keep = true;
	putting_fail(g, "cancelled");
	if (g->state == PUTTING_HASH)
		g->put->hashing--;
	if ((g->state == PUTTING_WRITE || g->state == PUTTING_HASH) &&
	    g->waiting == 0)
		putting_send_fail(g);
}

void
putting_release(struct putting *g)
{
	struct put *p = g->put;

	g->fd = fdio_close(g->fd);
	mem_free(g->target);
	mem_free(g->temp);
	mem_free(g->part);
	mem_free(g->spread);
	digest_free(g->digest);
	buf_release(&g->reason);
	g->state = PUTTING_NOTHING;
	p->active--;
	p->large -= g->large;
}
