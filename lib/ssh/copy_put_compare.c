/*
 * A copy to a host that compares first, where the account has no shell: the
 * host's files are read back, many at once, each until it differs.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "ssh/copy_put_internal.h"

enum {
	COMPARE_FILES = 16, /* at once, */
	COMPARE_READS = 8, /* each with so many requests */
	COMPARE_FILE_REQUESTS = 4
};

enum compare_request { COMPARE_OPEN, COMPARE_READ, COMPARE_CLOSE };

struct comparing {
	struct put *put;
	size_t file;
	bool used;
	int fd, waiting;
	uint8_t handle[SFTP_HANDLE_MAX];
	size_t handle_n;
	bool open, differs;
	uint64_t next, size;
	char bytes[SFTP_DATA]; /* of ours */
};

static void answer(void *arg, uint64_t tag, struct sftp_reply *reply);

/* The offset of a read stands above its kind. */
static uint32_t
request(struct comparing *k, enum compare_request kind, uint64_t at)
{
	k->waiting++;
	return sftp_expect(k->put->client, answer, k, at << 2 | kind);
}

static void
read_more(struct comparing *k)
{
	struct blob handle = {.p = k->handle, .n = k->handle_n};

	while (k->open && !k->differs && k->next < k->size &&
	    k->waiting < COMPARE_READS) {
		uint64_t left = k->size - k->next;

		(void)sftp_put_read(&k->put->client->out,
		    request(k, COMPARE_READ, k->next), handle, k->next,
		    left < SFTP_DATA ? (uint32_t)left : SFTP_DATA);
		k->next += left < SFTP_DATA ? left : SFTP_DATA;
	}
	if (k->waiting)
		return;
	if (k->open) {
		k->open = false;
		(void)sftp_put_handle(&k->put->client->out, SFTP_CLOSE,
		    request(k, COMPARE_CLOSE, 0), handle);
		return;
	}
	k->fd = fdio_close(k->fd);
	if (!k->differs)
		k->put->marks[k->file] |= MARK_SAME;
	k->used = false;
}

/* A read that gives less than was asked for counts as another content: the
 * file is then sent. */
static bool
is_same(struct comparing *k, uint64_t at, const struct blob *theirs)
{
	uint64_t left = k->size - at;
	size_t n = left < SFTP_DATA ? (size_t)left : SFTP_DATA;

	if (theirs->n != n)
		return false;
	return pread(k->fd, k->bytes, n, (off_t)at) == (ssize_t)n &&
	    !memcmp(k->bytes, theirs->p, n);
}

static void
answer(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	struct comparing *k = arg;

	k->waiting--;
	switch ((enum compare_request)(tag & 3)) {
	case COMPARE_OPEN:
		if (reply->type == SFTP_HANDLE) {
			memcpy(k->handle, reply->bytes.p, reply->bytes.n);
			k->handle_n = reply->bytes.n;
			k->open = true;
		} else {
			k->differs = true;
		}
		break;
	case COMPARE_READ:
		if (reply->type != SFTP_BYTES ||
		    !is_same(k, tag >> 2, &reply->bytes))
			k->differs = true;
		break;
	case COMPARE_CLOSE:
		break;
	}
	read_more(k);
}

static void
start(struct comparing *k, struct put *p, size_t i)
{
	const struct source_file *file = &p->sources->files[i];
	char *here = sources_path(p->sources, file);
	char *there = put_path(p, file);

	*k = (struct comparing){.put = p, .file = i, .size = file->size};
	k->fd = open(here, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (k->fd >= 0) {
		k->used = true;
		(void)sftp_put_open(&p->client->out,
		    request(k, COMPARE_OPEN, 0), there, SFTP_OPEN_READ, NULL);
	}
	mem_free(here);
	mem_free(there);
}

static bool
any_used(const struct comparing *all)
{
	size_t i;

	for (i = 0; i < COMPARE_FILES; i++) {
		if (all[i].used)
			return true;
	}
	return false;
}

static void
start_more(struct put *p, struct comparing *all, size_t *next)
{
	size_t i;

	for (i = 0; i < COMPARE_FILES; i++) {
		while (*next < p->sources->n_files &&
		    !(p->marks[*next] & MARK_SIZE))
			++*next;
		if (*next == p->sources->n_files)
			return;
		if (!all[i].used)
			start(&all[i], p, (*next)++);
	}
}

int
put_compare(struct put *p, struct fault *f)
{
	struct comparing *all = mem_alloc(COMPARE_FILES, sizeof(*all));
	size_t next = 0, i;
	int ret = 0;

	for (;;) {
		start_more(p, all, &next);
		if (next == p->sources->n_files && !any_used(all))
			break;
		ret = sftp_turn(p->s, f) || put_check_stop(p, f) ? -1 : 0;
		if (ret)
			break;
	}
	for (i = 0; i < COMPARE_FILES; i++) {
		if (!all[i].used)
			continue;
		sftp_forget(p->client, &all[i]);
		fdio_close(all[i].fd);
	}
	mem_free(all);
	return ret;
}
