/*
 * What is asked of a host for one file.  The requests that need no answer
 * before them go out together; the rename waits until all that stands before
 * it is known to be done.
 */
#include <string.h>
#include <sys/stat.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "base/quote.h"
#include "ssh/copy_put_internal.h"
#include "ssh/copy_text.h"

uint32_t
putting_request_on(struct putting *g, struct sftp_client *client,
    enum put_request kind, uint64_t number)
{
	g->waiting++;
	return sftp_expect(
	    client, putting_answer, g, number << PUT_TAG_BITS | kind);
}

uint32_t
putting_request(struct putting *g, enum put_request kind, size_t n)
{
	return putting_request_on(g, g->put->client, kind, n);
}

struct buf *
putting_out(struct putting *g)
{
	return &g->put->client->out;
}

struct blob
putting_handle(const struct putting *g)
{
	return (struct blob){.p = g->handle, .n = g->handle_n};
}

bool
putting_is_kept(const struct putting *g)
{
	return g->keep && g->file->kind == SOURCE_FILE && g->source &&
	    g->size >= COPY_KEPT && g->acked >= COPY_KEPT;
}

/* The first reason is the one that counts. */
void
putting_fail(struct putting *g, const char *reason)
{
	if (!g->failed)
		buf_puts(&g->reason, reason);
	g->failed = true;
}

void
putting_fail_errno(struct putting *g, int error)
{
	char text[128];
	char *path = sources_path(g->put->sources, g->file);

	if (!g->failed) {
		quote_printable(&g->reason, path, strlen(path));
		buf_puts(&g->reason, " here: ");
		putting_fail(g, strerror_r(error, text, sizeof(text)));
	}
	mem_free(path);
}

void
putting_fail_reply(struct putting *g, const struct sftp_reply *reply)
{
	if (g->failed)
		return;
	g->failed = true;
	g->vague = copy_is_vague(reply);
	copy_reason(&g->reason, reply);
}

/* Takes back what was done. */
void
putting_send_fail(struct putting *g)
{
	struct put *p = g->put;

	g->state = PUTTING_FAIL;
	if (g->vague && p->client->server.statvfs) {
		char *dir = copy_parent(g->target);

		(void)sftp_put_extended(putting_out(g),
		    putting_request(g, PUT_SPACE, 0), "statvfs@openssh.com",
		    *dir ? dir : ".", NULL);
		mem_free(dir);
	}
	spread_close(g);
	if (g->open)
		(void)sftp_put_handle(putting_out(g), SFTP_CLOSE,
		    putting_request(g, PUT_CLOSE, 0), putting_handle(g));
	if (g->made && !putting_is_kept(g))
		(void)sftp_put_path(putting_out(g), SFTP_REMOVE,
		    putting_request(g, PUT_REMOVE, 0), g->temp);
	g->open = g->made = false;
}

void
putting_send_rename(struct putting *g)
{
	struct put *p = g->put;
	uint32_t id = putting_request(g, PUT_RENAME, 0);

	g->state =
	    g->state == PUTTING_RENAME ? PUTTING_REPLACE : PUTTING_RENAME;
	if (p->client->server.posix_rename)
		(void)sftp_put_extended(putting_out(g), id,
		    "posix-rename@openssh.com", g->temp, g->target);
	else
		(void)sftp_put_paths(
		    putting_out(g), SFTP_RENAME, id, g->temp, g->target);
}

/* Before the mode, which it would take the set-user-ID bit from. */
static void
send_owner(struct putting *g)
{
	struct sftp_attrs owner = g->put->owner;
	bool keeps =
	    !owner.flags && g->replaces && (g->old.flags & SFTP_ATTR_OWNER);

	if (keeps)
		owner = (struct sftp_attrs){.flags = SFTP_ATTR_OWNER,
		    .uid = g->old.uid,
		    .gid = g->old.gid};
	if (owner.flags)
		(void)sftp_put_handle_attrs(putting_out(g),
		    putting_request(g, keeps ? PUT_KEEP_OWNER : PUT_OWNER, 0),
		    putting_handle(g), &owner);
}

size_t
putting_ruler(const struct putting *g)
{
	const struct put *p = g->put;
	const struct sources *s = p->sources;
	size_t top = g->file->top;

	if (g->file->dir == SOURCE_NO_DIR)
		return SOURCE_NO_DIR;
	/* those of the sources that are directories stand first, in order */
	if (top >= s->n_dirs)
		top = s->n_dirs - 1;
	while (s->dirs[top].depth || s->dirs[top].top != g->file->top)
		top--;
	return p->dirs[top] == DIR_NEW ? SOURCE_NO_DIR : g->file->dir;
}

/* The mode is right from the start where its directory has left such bits
 * before. */
static void
send_attrs(struct putting *g)
{
	const struct put *p = g->put;
	mode_t uncut = p->uncut_dir == putting_ruler(g) ? p->uncut : 0;
	struct sftp_attrs a = {.mode = g->mode};

	if (g->mode != g->made_mode || (g->mode & ~uncut))
		a.flags |= SFTP_ATTR_MODE;
	if (a.flags && g->mode == g->made_mode)
		(void)sftp_put_handle(putting_out(g), SFTP_FSTAT,
		    putting_request(g, PUT_LEARN, 0), putting_handle(g));
	if (p->how->times && g->file->kind == SOURCE_FILE) {
		a.flags |= SFTP_ATTR_TIMES;
		a.atime = (uint32_t)g->atime.tv_sec;
		a.mtime = (uint32_t)g->mtime.tv_sec;
	}
	if (g->written < g->at) {
		a.flags |= SFTP_ATTR_SIZE;
		a.size = g->at;
	}
	if (a.flags)
		(void)sftp_put_handle_attrs(putting_out(g),
		    putting_request(g, PUT_ATTRS, 0), putting_handle(g), &a);
}

/* After a power cut, a name may be there without its bytes, where they were not
 * forced to the disk before.  Of many small files that would take far longer
 * than all else. */
static bool
must_last(const struct putting *g)
{
	const struct put *p = g->put;

	return p->client->server.fsync &&
	    (g->at >= COPY_KEPT || p->sources->n_files <= COPY_LASTING);
}

/* All bytes are sent.  Of a file in one write, its answer tells that they are
 * all there. */
void
putting_send_end(struct putting *g)
{
	g->state = PUTTING_END;
	g->fd = fdio_close(g->fd);
	g->size = g->at;
	spread_close(g);
	send_owner(g);
	send_attrs(g);
	if (g->writes != 1)
		(void)sftp_put_handle(putting_out(g), SFTP_FSTAT,
		    putting_request(g, PUT_LENGTH, 0), putting_handle(g));
	if (must_last(g))
		(void)sftp_put_fsync(putting_out(g),
		    putting_request(g, PUT_ATTRS, 0), putting_handle(g));
	(void)sftp_put_handle(putting_out(g), SFTP_CLOSE,
	    putting_request(g, PUT_CLOSE, 0), putting_handle(g));
	g->open = false;
}

/* Whether it may have its mode while it is on its way: nobody can then read
 * what he may not read in the end. */
static bool
may_show(const struct putting *g)
{
	const struct put *p = g->put;

	return g->file->kind == SOURCE_FILE && !p->how->sudo &&
	    !p->owner.flags && (g->mode & 07000) == 0 && !g->part;
}

bool
putting_may_resume(const struct putting *g, const struct sftp_attrs *open)
{
	const struct sftp_attrs *name = &g->claimed;

	if (name->flags != open->flags || name->size != open->size ||
	    name->mode != open->mode || name->uid != open->uid ||
	    name->gid != open->gid || name->mtime != open->mtime)
		return false;
	if ((open->flags & SFTP_ATTR_MODE) &&
	    (!S_ISREG(open->mode) || (open->mode & 07777 & ~(g->mode | 0600))))
		return false;
	return !(open->flags & SFTP_ATTR_OWNER) || !g->put->privileged ||
	    open->uid == 0;
}

void
putting_send_anew(struct putting *g)
{
	g->part = (mem_free(g->part), NULL);
	if (g->open)
		(void)sftp_put_handle(putting_out(g), SFTP_CLOSE,
		    putting_request(g, PUT_REMOVE, 0), putting_handle(g));
	(void)sftp_put_path(putting_out(g), SFTP_REMOVE,
	    putting_request(g, PUT_REMOVE, 0), g->temp);
	g->open = g->made = false;
	putting_send_open(g);
}

void
putting_send_open(struct putting *g)
{
	struct sftp_attrs ours = {.flags = SFTP_ATTR_MODE, .mode = 0600};
	struct put *p = g->put;
	uint32_t flags = SFTP_OPEN_WRITE;

	if (may_show(g))
		ours.mode = g->mode | 0200;
	g->made_mode = g->part ? 0 : ours.mode;
	if (g->part)
		(void)sftp_put_paths(putting_out(g), SFTP_RENAME,
		    putting_request(g, PUT_CLAIM, 0), g->part, g->temp);
	else
		flags |= SFTP_OPEN_CREATE | SFTP_OPEN_EXCLUSIVE;
	if (p->how->check)
		flags |= SFTP_OPEN_READ;
	(void)sftp_put_open(putting_out(g), putting_request(g, PUT_OPEN, 0),
	    g->temp, flags, &ours);
}
