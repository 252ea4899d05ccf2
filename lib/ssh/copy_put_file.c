/*
 * One file on its way to a host: what its answers mean, and what comes next.
 */
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "ssh/copy_put_internal.h"
#include "ssh/copy_text.h"

void
putting_say_kept(struct putting *g)
{
	struct buf *kept = &g->put->kept;

	buf_clear(kept);
	copy_amount(kept, g->acked);
	buf_puts(kept, " of ");
	copy_amount(kept, g->size);
	buf_puts(kept, " of ");
	copy_file_text(kept, g->target, "");
	buf_puts(kept, " are kept on the host for --resume");
}

void
putting_end(struct putting *g)
{
	struct put *p = g->put;

	if (!g->failed) {
		put_label(p, g->target);
		put_tell(p, COPY_SENT, g->target, "");
	} else if (!p->stopping) {
		put_tell(p, COPY_FAILED, g->target, buf_str(&g->reason));
	} else if (putting_is_kept(g)) {
		putting_say_kept(g);
	}
	putting_release(g);
}

/* A server that cannot replace a file wants it removed before. */
static void
renamed(struct putting *g)
{
	struct put *p = g->put;

	if (!g->failed) {
		putting_end(g);
	} else if (g->state == PUTTING_RENAME && g->replaces &&
	    !p->client->server.posix_rename && !p->stopping) {
		g->failed = g->vague = false;
		buf_clear(&g->reason);
		(void)sftp_put_path(putting_out(g), SFTP_REMOVE,
		    putting_request(g, PUT_REMOVE, 0), g->target);
		putting_send_rename(g);
	} else {
		putting_send_fail(g);
	}
}

/* The temporary file is there, or is not to be had. */
static void
opened(struct putting *g)
{
	if (g->part && !g->open && !g->made && !g->put->stopping) {
		/* it has gone meanwhile, or is not for us to write to */
		g->failed = g->vague = false;
		buf_clear(&g->reason);
		putting_send_anew(g);
	} else if (g->failed) {
		putting_send_fail(g);
	} else if (g->part) {
		g->part = (mem_free(g->part), NULL);
		(void)sftp_put_path(putting_out(g), SFTP_LSTAT,
		    putting_request(g, PUT_CLAIMED, 0), g->temp);
	} else {
		g->state = PUTTING_WRITE;
		if (g->wide)
			spread_begin(g);
	}
}

/* Over several sessions, the last bytes are awaited: the end goes over one. */
static void
written(struct putting *g)
{
	if (g->failed)
		putting_send_fail(g);
	else if (g->spread && g->at == g->size)
		putting_send_end(g);
}

/* Everything that was asked for is answered. */
static void
putting_step(struct putting *g)
{
	switch (g->state) {
	case PUTTING_OPEN:
		opened(g);
		break;
	case PUTTING_WRITE:
		written(g);
		break;
	case PUTTING_END:
		if (g->failed)
			putting_send_fail(g);
		else if (putting_wants_verify(g))
			putting_send_verify(g);
		else
			putting_send_rename(g);
		break;
	case PUTTING_HASH:
		break;
	case PUTTING_VERIFY:
		if (g->open && !g->failed)
			putting_verify_more(g);
		else if (g->failed)
			putting_send_fail(g);
		else
			putting_send_rename(g);
		break;
	case PUTTING_RENAME:
	case PUTTING_REPLACE:
		renamed(g);
		break;
	case PUTTING_FAIL:
	case PUTTING_NOTHING:
		putting_end(g);
		return;
	}
	if (g->state == PUTTING_FAIL && g->waiting == 0)
		putting_end(g);
}

static void
looked(struct putting *g, const struct sftp_reply *reply)
{
	if (reply->type != SFTP_ATTRS)
		return;
	g->old = reply->attrs;
	if (!(g->old.flags & SFTP_ATTR_MODE))
		return;
	if (S_ISDIR(g->old.mode))
		putting_fail(g, "is a directory");
	g->replaces = true;
	if (!S_ISREG(g->old.mode))
		g->old.flags = 0;
	else if (g->file->kind == SOURCE_STREAM && !g->put->how->set_mode)
		g->mode = g->old.mode & 07777;
}

static void
got_handle(struct putting *g, const struct sftp_reply *reply)
{
	if (reply->type != SFTP_HANDLE) {
		putting_fail_reply(g, reply);
		return;
	}
	memcpy(g->handle, reply->bytes.p, reply->bytes.n);
	g->handle_n = reply->bytes.n;
	g->open = g->made = true;
}

/* Of a part that was written over several sessions, the end may not all be
 * there. */
static uint64_t
resume_at(const struct putting *g, uint64_t size)
{
	if (!g->part_gaps)
		return size;
	return size > COPY_SPREAD ? size - COPY_SPREAD : 0;
}

/* A part that is longer than its source is none of it. */
static bool
may_go_on(const struct putting *g, const struct sftp_reply *reply)
{
	return reply->type == SFTP_ATTRS &&
	    (reply->attrs.flags & SFTP_ATTR_SIZE) &&
	    reply->attrs.size <= g->size &&
	    putting_may_resume(g, &reply->attrs);
}

/* In a directory that others may write to, a part may be a link to what only
 * we may write to: so what has its name is looked at, then what is open. */
static void
resumed(
    struct putting *g, enum put_request kind, const struct sftp_reply *reply)
{
	if (kind == PUT_CLAIMED) {
		if (reply->type == SFTP_ATTRS)
			g->claimed = reply->attrs;
		(void)sftp_put_handle(putting_out(g), SFTP_FSTAT,
		    putting_request(g, PUT_RESUME, 0), putting_handle(g));
	} else if (may_go_on(g, reply)) {
		g->at = g->acked = g->written = resume_at(g, reply->attrs.size);
		g->put->how->watch->expected(
		    g->put->how->watch->arg, -(int64_t)g->at);
	} else {
		putting_send_anew(g);
	}
}

static void
wrote(struct putting *g, const struct sftp_reply *reply, uint64_t n)
{
	const struct copy_watch *watch = g->put->how->watch;

	if (!copy_is_ok(reply)) {
		putting_fail_reply(g, reply);
		return;
	}
	if (g->spread)
		n = spread_wrote(g, n);
	else
		g->acked += n;
	g->put->counts->bytes += n;
	watch->moved(watch->arg, n);
}

static void
check_length(struct putting *g, const struct sftp_reply *reply)
{
	if (reply->type != SFTP_ATTRS)
		putting_fail_reply(g, reply);
	else if ((reply->attrs.flags & SFTP_ATTR_SIZE) &&
	    reply->attrs.size != g->size)
		putting_fail(g, "the file on the host has another length");
}

/* The host's umask, by what has become of a mode. */
static void
learn(struct putting *g, const struct sftp_reply *reply)
{
	struct put *p = g->put;
	size_t ruler = putting_ruler(g);

	if (reply->type != SFTP_ATTRS ||
	    !(reply->attrs.flags & SFTP_ATTR_MODE) ||
	    (reply->attrs.mode & 07777) != g->made_mode)
		return;
	if (p->uncut_dir != ruler)
		p->uncut = 0;
	p->uncut_dir = ruler;
	p->uncut |= g->made_mode;
}

static void
got_space(struct putting *g, struct sftp_reply *reply)
{
	struct sftp_space space;
	const char *reason;

	if (reply->type != SFTP_EXTENDED_REPLY ||
	    sftp_parse_space(reply, &space))
		return;
	reason = copy_space_reason(&space);
	if (!reason)
		return;
	buf_clear(&g->reason);
	buf_puts(&g->reason, reason);
}

static void
linked(struct putting *g, const struct sftp_reply *reply)
{
	g->made = copy_is_ok(reply);
	if (!g->made)
		putting_fail_reply(g, reply);
}

static void
take_answer(struct putting *g, enum put_request kind, uint64_t n,
    struct sftp_reply *reply)
{
	switch (kind) {
	case PUT_LOOK:
		looked(g, reply);
		break;
	case PUT_OPEN:
	case PUT_REOPEN:
		got_handle(g, reply);
		break;
	case PUT_CLAIMED:
	case PUT_RESUME:
		resumed(g, kind, reply);
		break;
	case PUT_WRITE:
		wrote(g, reply, n);
		break;
	case PUT_REREAD:
		putting_reread(g, reply);
		break;
	case PUT_WIDEN:
	case PUT_LANE:
		spread_answer(g, kind, (size_t)n, reply);
		break;
	case PUT_LENGTH:
		check_length(g, reply);
		break;
	case PUT_LEARN:
		learn(g, reply);
		break;
	case PUT_SPACE:
		got_space(g, reply);
		break;
	case PUT_KEEP_OWNER:
		if (g->put->privileged && !copy_is_ok(reply))
			putting_fail_reply(g, reply);
		break;
	case PUT_LINK:
		linked(g, reply);
		break;
	case PUT_CLAIM:
	case PUT_REMOVE:
		break;
	case PUT_OWNER:
	case PUT_ATTRS:
	case PUT_CLOSE:
	case PUT_RENAME:
		if (g->state != PUTTING_FAIL && !copy_is_ok(reply))
			putting_fail_reply(g, reply);
		break;
	}
}

void
putting_answer(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	struct putting *g = arg;

	g->waiting--;
	take_answer(g, (enum put_request)(tag & ((1u << PUT_TAG_BITS) - 1)),
	    tag >> PUT_TAG_BITS, reply);
	if (g->waiting == 0)
		putting_step(g);
}
