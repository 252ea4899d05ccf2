/*
 * A copy to a host: the target and the directories.
 */
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "ssh/copy_put_internal.h"
#include "ssh/copy_text.h"

/* Where what stands below the source comes to stand; below is taken. */
static char *
path_of(const struct put *p, char *below)
{
	char *path = p->inside ? copy_join(p->target, below)
			       : mem_printf("%s%s", p->target, below);

	mem_free(below);
	return path;
}

char *
put_dir_path(const struct put *p, const struct source_dir *dir)
{
	return path_of(p, sources_dir_below(p->sources, dir, p->inside));
}

char *
put_path(const struct put *p, const struct source_file *file)
{
	return path_of(p, sources_below(p->sources, file, p->inside));
}

enum put_dir
put_dir_of(const struct put *p, const struct source_file *file)
{
	if (file->dir != SOURCE_NO_DIR)
		return (enum put_dir)p->dirs[file->dir];
	return p->inside ? p->target_dir : DIR_OLD;
}

/* -- What the target is -- */

/* Whether the target's name, without the slash at its end, is that of
 * something, which is no directory then.  An sftp_code, or -1. */
static int
look_without_slash(struct put *p, struct fault *f)
{
	struct sftp_attrs ignored = {0};
	size_t n = strlen(p->target);
	char *path;
	int code;

	while (n > 1 && p->target[n - 1] == '/')
		n--;
	path = mem_strndup(p->target, n);
	code = sftp_stat(p->s, path, true, &ignored, f);
	mem_free(path);
	return code;
}

static int
make_target(struct put *p, struct fault *f)
{
	int ret = look_without_slash(p, f);
	struct sftp_result r;
	uint32_t id;

	if (ret < 0)
		return -1;
	if (ret == SFTP_OK)
		return fault_set(
		    f, FAULT_COPY, 0, "%s: is not a directory", p->target);
	id = sftp_ask(p->s, &r);

	(void)sftp_put_path_attrs(
	    &p->client->out, SFTP_MKDIR, id, p->target, NULL);
	ret = sftp_await(p->s, &r, f);
	if (!ret && !copy_is_ok(&r.reply)) {
		struct buf reason;

		buf_init(&reason, COPY_TEXT);
		copy_reason(&reason, &r.reply);
		ret = fault_set(
		    f, FAULT_COPY, 0, "%s: %s", p->target, buf_str(&reason));
		buf_release(&reason);
	}
	sftp_result_release(&r);
	if (!ret)
		put_label(p, p->target);
	p->target_dir = DIR_NEW;
	p->inside = true;
	return ret;
}

static int
refuse_target(const struct put *p, int code, struct fault *f)
{
	struct sftp_reply reply = {.type = SFTP_STATUS, .code = (uint32_t)code};
	struct buf reason;

	buf_init(&reason, COPY_TEXT);
	copy_reason(&reason, &reply);
	fault_set(f, FAULT_COPY, 0, "%s: %s", p->target, buf_str(&reason));
	buf_release(&reason);
	return -1;
}

int
put_find_target(struct put *p, struct fault *f)
{
	const struct sources *s = p->sources;
	size_t n = strlen(p->target);
	bool slash = p->target[n - 1] == '/', directory;
	struct sftp_attrs attrs = {0};
	int code = sftp_stat(p->s, p->target, true, &attrs, f);

	if (code < 0)
		return -1;
	directory = code == SFTP_OK && S_ISDIR(attrs.mode);
	p->target_dir = DIR_OLD;
	p->inside = directory;
	if (code != SFTP_OK && code != SFTP_NO_SUCH_FILE)
		return refuse_target(p, code, f);
	if (directory)
		return 0;
	if (code == SFTP_OK && (slash || s->n_tops > 1 || s->tops[0].directory))
		return fault_set(
		    f, FAULT_COPY, 0, "%s: is not a directory", p->target);
	if (slash)
		return make_target(p, f);
	if (code != SFTP_OK && s->n_tops > 1)
		return fault_set(f, FAULT_COPY, 0,
		    "%s: there is no such directory (one with / at its end "
		    "is made)",
		    p->target);
	return 0;
}

/* -- Directories of trees -- */

static void
made(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	struct put *p = arg;
	enum put_dir state = DIR_NEW;

	if (copy_is_ok(reply)) {
		char *path = put_dir_path(p, &p->sources->dirs[tag]);

		put_label(p, path);
		mem_free(path);
	} else {
		state = DIR_UNKNOWN;
	}
	p->dirs[tag] = (uint8_t)state;
}

/* It could not be made: perhaps it is there. */
static void
looked(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	struct put *p = arg;
	char *path = put_dir_path(p, &p->sources->dirs[tag]);
	struct buf reason;

	if (reply->type == SFTP_ATTRS && S_ISDIR(reply->attrs.mode)) {
		p->dirs[tag] = DIR_OLD;
	} else {
		p->dirs[tag] = DIR_FAILED;
		buf_init(&reason, COPY_TEXT);
		if (reply->type == SFTP_ATTRS)
			buf_puts(&reason, "is not a directory");
		else
			copy_reason(&reason, reply);
		put_tell(p, COPY_FAILED, path, buf_str(&reason));
		buf_release(&reason);
	}
	mem_free(path);
}

static bool
is_below_failed(const struct put *p, const struct source_dir *dir)
{
	size_t i, n = strlen(dir->rel);

	for (i = 0; i < p->sources->n_dirs; i++) {
		const struct source_dir *d = &p->sources->dirs[i];
		size_t len = strlen(d->rel);

		if (d == dir)
			return false;
		if (p->dirs[i] == DIR_FAILED && d->top == dir->top && len < n &&
		    dir->rel[len] == '/' && !memcmp(d->rel, dir->rel, len))
			return true;
	}
	return false;
}

int
put_drain(struct put *p, size_t left, struct fault *f)
{
	while (p->client->in_flight > left ||
	    sftp_unsent(p->client) > PUT_UNSENT) {
		if (put_turn(p, f) || put_check_stop(p, f))
			return -1;
	}
	return 0;
}

static int
make_dir(struct put *p, size_t i, struct fault *f)
{
	const struct source_dir *dir = &p->sources->dirs[i];
	/* ours to write into, until it is finished */
	struct sftp_attrs a = {
	    .flags = SFTP_ATTR_MODE, .mode = (dir->mode & 07777) | 0700};
	char *path = put_dir_path(p, dir);

	if (!*path ||
	    (p->inside && !*p->sources->tops[dir->top].name && !*dir->rel))
		p->dirs[i] = (uint8_t)p->target_dir;
	else
		(void)sftp_put_path_attrs(&p->client->out, SFTP_MKDIR,
		    sftp_expect(p->client, made, p, i), path, &a);
	mem_free(path);
	return put_drain(p, SFTP_CLIENT_MAX / 2, f);
}

/* Those of one depth, which may all be under way together. */
static int
make_level(struct put *p, size_t from, size_t to, struct fault *f)
{
	bool any_failed = false;
	size_t i;

	for (i = 0; i < from && !any_failed; i++)
		any_failed = p->dirs[i] == DIR_FAILED;
	for (i = from; i < to; i++) {
		if (any_failed && is_below_failed(p, &p->sources->dirs[i]))
			p->dirs[i] = DIR_FAILED;
		else if (make_dir(p, i, f))
			return -1;
	}
	if (put_drain(p, 0, f))
		return -1;
	for (i = from; i < to; i++) {
		char *path;

		if (p->dirs[i] != DIR_UNKNOWN)
			continue;
		path = put_dir_path(p, &p->sources->dirs[i]);
		/* the target itself may be a link to a directory */
		(void)sftp_put_path(&p->client->out, SFTP_LSTAT,
		    sftp_expect(p->client, looked, p, i), path);
		mem_free(path);
		if (put_drain(p, SFTP_CLIENT_MAX / 2, f))
			return -1;
	}
	return put_drain(p, 0, f);
}

int
put_make_dirs(struct put *p, struct fault *f)
{
	const struct sources *s = p->sources;
	size_t from = 0, to;

	while (from < s->n_dirs) {
		for (to = from + 1; to < s->n_dirs &&
		     s->dirs[to].depth == s->dirs[from].depth;)
			to++;
		if (make_level(p, from, to, f))
			return -1;
		from = to;
	}
	return 0;
}

static void
finished(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	struct put *p = arg;
	char *path;
	struct buf reason;

	if (copy_is_ok(reply))
		return;
	path = put_dir_path(p, &p->sources->dirs[tag]);
	buf_init(&reason, COPY_TEXT);
	copy_reason(&reason, reply);
	put_tell(p, COPY_FAILED, path, buf_str(&reason));
	buf_release(&reason);
	mem_free(path);
}

/* Children before their parents, whose time they would change. */
int
put_finish_dirs(struct put *p, struct fault *f)
{
	size_t i = p->sources->n_dirs;

	while (i-- > 0) {
		const struct source_dir *dir = &p->sources->dirs[i];
		struct sftp_attrs a = {
		    .flags = SFTP_ATTR_MODE, .mode = dir->mode};
		char *path;

		if (p->dirs[i] != DIR_NEW)
			continue;
		if (p->how->times) {
			a.flags |= SFTP_ATTR_TIMES;
			a.atime = (uint32_t)dir->atime.tv_sec;
			a.mtime = (uint32_t)dir->mtime.tv_sec;
		}
		path = put_dir_path(p, dir);
		if (p->owner.flags)
			(void)sftp_put_path_attrs(&p->client->out, SFTP_SETSTAT,
			    sftp_expect(p->client, finished, p, i), path,
			    &p->owner);
		(void)sftp_put_path_attrs(&p->client->out, SFTP_SETSTAT,
		    sftp_expect(p->client, finished, p, i), path, &a);
		mem_free(path);
		if (put_drain(p, SFTP_CLIENT_MAX / 2, f))
			return -1;
	}
	return put_drain(p, 0, f);
}
