/*
 * A copy to a host that compares (-c): what was written is looked at before
 * it gets its name, by the host's sha256sum where it is large and the account
 * has a shell, else by reading it back.
 */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "ssh/copy_hash.h"
#include "ssh/copy_put_internal.h"

enum { VERIFY_READS = 16 };

static const char differs[] = "the copy on the host has another content";

static bool
is_ours(struct putting *g, const uint8_t value[DIGEST_LEN])
{
	int same = sources_compare(g->put->sources, g->file, g->size, value);

	if (same < 0)
		putting_fail_errno(g, errno);
	return same > 0;
}

bool
putting_wants_verify(const struct putting *g)
{
	return g->put->how->check && g->file->kind == SOURCE_FILE &&
	    g->size > 0;
}

void
putting_send_verify(struct putting *g)
{
	struct put *p = g->put;

	if (!p->no_shell && g->size >= COPY_KEPT) {
		g->state = PUTTING_HASH;
		p->hashing++;
		return;
	}
	g->state = PUTTING_VERIFY;
	g->digest = digest_new();
	g->reread = g->rehashed = 0;
	(void)sftp_put_open(putting_out(g), putting_request(g, PUT_REOPEN, 0),
	    g->temp, SFTP_OPEN_READ, NULL);
}

static uint32_t
part_size(const struct putting *g, uint64_t at)
{
	uint64_t left = g->size - at;

	return left < SFTP_DATA ? (uint32_t)left : SFTP_DATA;
}

void
putting_reread(struct putting *g, const struct sftp_reply *reply)
{
	uint32_t n = part_size(g, g->rehashed);

	if (reply->type != SFTP_BYTES)
		putting_fail_reply(g, reply);
	else if (reply->bytes.n != n)
		putting_fail(g, differs);
	else
		digest_feed(g->digest, reply->bytes.p, n);
	g->rehashed += n;
	putting_verify_more(g);
}

void
putting_verify_more(struct putting *g)
{
	uint8_t value[DIGEST_LEN];

	while (g->open && !g->failed && g->reread < g->size &&
	    g->waiting < VERIFY_READS) {
		uint32_t n = part_size(g, g->reread);

		(void)sftp_put_read(putting_out(g),
		    putting_request(g, PUT_REREAD, 0), putting_handle(g),
		    g->reread, n);
		g->reread += n;
	}
	if (g->waiting || g->failed || !g->open)
		return;
	digest_end(g->digest, value);
	g->digest = NULL;
	if (!is_ours(g, value))
		putting_fail(g, differs);
	g->open = false;
	(void)sftp_put_handle(putting_out(g), SFTP_CLOSE,
	    putting_request(g, PUT_CLOSE, 0), putting_handle(g));
}

/* -- Many, by the host's sha256sum -- */

struct batch {
	struct put *put;
	size_t next;
};

static char *
next_path(void *arg)
{
	struct batch *b = arg;

	while (b->next < PUT_FILES) {
		struct putting *g = &b->put->files[b->next++];

		if (g->state == PUTTING_HASH)
			return mem_strdup(g->temp);
	}
	return NULL;
}

static void
got_digest(void *arg, const char *path, const uint8_t value[DIGEST_LEN])
{
	struct batch *b = arg;
	size_t i;

	for (i = 0; i < PUT_FILES; i++) {
		struct putting *g = &b->put->files[i];

		if (g->state == PUTTING_HASH && !strcmp(g->temp, path))
			g->verified = is_ours(g, value);
	}
}

int
put_hash_waiting(struct put *p, struct fault *f)
{
	struct batch b = {.put = p};
	struct copy_hash files = {
	    .arg = &b, .next = next_path, .digest = got_digest};
	int ret;
	size_t i;

	if (!p->hashing || p->hashing < p->active)
		return 0;
	ret = copy_hash(p->c, p->how, &files, f);
	if (ret < 0)
		return -1;
	p->no_shell = ret > 0;
	p->hashing = 0;
	for (i = 0; i < PUT_FILES; i++) {
		struct putting *g = &p->files[i];

		if (g->state != PUTTING_HASH)
			continue;
		if (p->no_shell) {
			putting_send_verify(g);
			continue;
		}
		if (!g->verified)
			putting_fail(g, differs);
		if (g->failed)
			putting_send_fail(g);
		else
			putting_send_rename(g);
	}
	return 0;
}
