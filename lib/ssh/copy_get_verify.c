/*
 * A copy from a host that compares (-c): what has come is looked at before it
 * gets its name, by the host's sha256sum where it is large and the account has
 * a shell, else by reading it once more.  A file that has grown meanwhile is
 * read once more, too: it was copied to the end that it had.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "ssh/copy_get_internal.h"
#include "ssh/copy_hash.h"

enum { VERIFY_READS = 16 };

static bool
is_here(struct getting *t, const uint8_t value[DIGEST_LEN])
{
	uint8_t here[DIGEST_LEN];

	if (digest_file(t->fd, UINT64_MAX, here) < 0) {
		getting_fail_errno(t, errno);
		return false;
	}
	return !memcmp(here, value, DIGEST_LEN);
}

bool
getting_wants_verify(const struct getting *t)
{
	return t->get->how->check && !t->get->output && !t->failed &&
	    !t->open_ended && t->got > 0;
}

static void
read_more(struct getting *t)
{
	while (!t->failed && t->reread < t->got && t->waiting < VERIFY_READS) {
		uint64_t left = t->got - t->reread;
		uint32_t n = left < SFTP_DATA ? (uint32_t)left : SFTP_DATA;

		(void)sftp_put_read(getting_out(t),
		    getting_request(t, GET_REREAD, 0), getting_handle(t),
		    t->reread, n);
		t->reread += n;
	}
}

static void
start_reread(struct getting *t)
{
	t->state = GETTING_REREAD;
	t->digest = digest_new();
	t->reread = t->rehashed = 0;
	read_more(t);
}

void
getting_send_verify(struct getting *t)
{
	struct get *g = t->get;

	if (ftruncate(t->fd, (off_t)t->got)) {
		getting_fail_errno(t, errno);
		getting_send_close(t);
	} else if (!g->no_shell && t->got >= COPY_KEPT) {
		t->state = GETTING_HASH;
		g->hashing++;
	} else {
		start_reread(t);
	}
}

void
getting_reread(struct getting *t, const struct sftp_reply *reply)
{
	uint64_t left = t->got - t->rehashed;
	size_t n = left < SFTP_DATA ? (size_t)left : SFTP_DATA;

	if (reply->type != SFTP_BYTES)
		getting_fail_reply(t, reply);
	else if (reply->bytes.n != n)
		getting_fail(t, "changed while it was read");
	else if (!t->failed)
		digest_feed(t->digest, reply->bytes.p, n);
	t->rehashed += n;
	read_more(t);
}

void
getting_reread_end(struct getting *t)
{
	uint8_t value[DIGEST_LEN];

	if (!t->failed) {
		digest_end(t->digest, value);
		t->digest = NULL;
		if (!is_here(t, value))
			getting_fail(t, "what has come is not what is there");
	}
	getting_send_close(t);
}

/* -- Many, by the host's sha256sum -- */

struct batch {
	struct get *get;
	size_t next;
};

static char *
next_path(void *arg)
{
	struct batch *b = arg;

	while (b->next < GET_FILES) {
		struct getting *t = &b->get->files[b->next++];

		if (t->state == GETTING_HASH)
			return mem_strdup(t->item->remote);
	}
	return NULL;
}

static void
got_digest(void *arg, const char *path, const uint8_t value[DIGEST_LEN])
{
	struct batch *b = arg;
	size_t i;

	for (i = 0; i < GET_FILES; i++) {
		struct getting *t = &b->get->files[i];

		if (t->state == GETTING_HASH && !strcmp(t->item->remote, path))
			t->verified = is_here(t, value);
	}
}

int
get_hash_waiting(struct get *g, struct fault *f)
{
	struct batch b = {.get = g};
	struct copy_hash files = {
	    .arg = &b, .next = next_path, .digest = got_digest};
	int ret;
	size_t i;

	if (!g->hashing || g->hashing < g->active)
		return 0;
	ret = copy_hash(g->c, g->how, &files, f);
	if (ret < 0)
		return -1;
	g->no_shell = ret > 0;
	g->hashing = 0;
	for (i = 0; i < GET_FILES; i++) {
		struct getting *t = &g->files[i];

		if (t->state != GETTING_HASH)
			continue;
		if (t->verified || t->failed)
			getting_send_close(t);
		else
			start_reread(t);
	}
	return 0;
}
