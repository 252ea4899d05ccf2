/*
 * A copy to a host that compares first: what the host has of the files, by
 * size, then by digest, of all in one run of its sha256sum.
 */
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "ssh/copy_hash.h"
#include "ssh/copy_put_internal.h"
#include "ssh/copy_text.h"

/* -- What the host says of a file -- */

static mode_t
mode_for(const struct put *p, const struct source_file *file)
{
	return p->how->set_mode ? p->how->mode : file->mode;
}

static bool
has_attrs(const struct put *p, const struct source_file *file,
    const struct sftp_attrs *a)
{
	if ((a->mode & 07777) != mode_for(p, file))
		return false;
	if (p->how->times && a->mtime != (uint32_t)file->mtime.tv_sec)
		return false;
	return !p->owner.flags ||
	    (a->uid == p->owner.uid && a->gid == p->owner.gid);
}

static void
got_link(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	struct put *p = arg;
	struct sftp_entry entry;

	if (reply->type == SFTP_NAME && sftp_next_entry(reply, &entry) == 1 &&
	    blob_is(&entry.name, p->sources->files[tag].link))
		p->marks[tag] = MARK_SAME;
}

static void
ask_link(struct put *p, size_t i)
{
	char *path = put_path(p, &p->sources->files[i]);

	(void)sftp_put_path(&p->client->out, SFTP_READLINK,
	    sftp_expect(p->client, got_link, p, i), path);
	mem_free(path);
}

static void
looked(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	struct put *p = arg;
	const struct source_file *file = &p->sources->files[tag];
	const struct sftp_attrs *a = &reply->attrs;

	if (reply->type != SFTP_ATTRS)
		return;
	if (file->kind == SOURCE_LINK) {
		if (S_ISLNK(a->mode))
			ask_link(p, tag);
		return;
	}
	if (!S_ISREG(a->mode) || a->size != file->size)
		return;
	p->marks[tag] = MARK_SIZE;
	if (!has_attrs(p, file, a))
		p->marks[tag] |= MARK_ATTRS;
}

static int
look_at_all(struct put *p, struct fault *f)
{
	size_t i;

	for (i = 0; i < p->sources->n_files; i++) {
		const struct source_file *file = &p->sources->files[i];
		char *path;

		if (put_dir_of(p, file) != DIR_OLD ||
		    file->kind == SOURCE_STREAM)
			continue;
		path = put_path(p, file);
		(void)sftp_put_path(&p->client->out, SFTP_LSTAT,
		    sftp_expect(p->client, looked, p, i), path);
		mem_free(path);
		if (put_drain(p, SFTP_CLIENT_MAX / 2, f))
			return -1;
	}
	return put_drain(p, 0, f);
}

/* -- Digests -- */

struct check {
	struct put *put;
	size_t asked, told; /* files before these were */
};

static size_t
next_candidate(const struct put *p, size_t i)
{
	while (i < p->sources->n_files && !(p->marks[i] & MARK_SIZE))
		i++;
	return i;
}

static char *
next_path(void *arg)
{
	struct check *k = arg;
	size_t i = next_candidate(k->put, k->asked);

	if (i == k->put->sources->n_files)
		return NULL;
	k->asked = i + 1;
	return put_path(k->put, &k->put->sources->files[i]);
}

/* Digests come in the order of the paths, but for some that are missing. */
static void
got_digest(void *arg, const char *path, const uint8_t value[DIGEST_LEN])
{
	struct check *k = arg;
	struct put *p = k->put;
	uint8_t ours[DIGEST_LEN];
	size_t i = k->told;

	while ((i = next_candidate(p, i)) < k->asked) {
		char *candidate = put_path(p, &p->sources->files[i]);
		bool is_it = !strcmp(candidate, path);

		mem_free(candidate);
		if (is_it)
			break;
		i++;
	}
	if (i >= k->asked)
		return;
	k->told = i + 1;
	if (!sources_digest(p->sources, &p->sources->files[i], ours) &&
	    !memcmp(ours, value, DIGEST_LEN))
		p->marks[i] |= MARK_SAME;
}

/* -- What comes of it -- */

static void
fixed(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	struct put *p = arg;
	char *path = put_path(p, &p->sources->files[tag]);
	struct buf reason;

	buf_init(&reason, COPY_TEXT);
	if (!copy_is_ok(reply))
		copy_reason(&reason, reply);
	put_tell(
	    p, reason.len ? COPY_FAILED : COPY_SENT, path, buf_str(&reason));
	buf_release(&reason);
	mem_free(path);
}

static void
ignore(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	(void)arg;
	(void)tag;
	(void)reply;
}

/* The same contents, but another mode, owner or time. */
static void
fix_attrs(struct put *p, size_t i, const char *path)
{
	const struct source_file *file = &p->sources->files[i];
	struct sftp_attrs a = {
	    .flags = SFTP_ATTR_MODE, .mode = mode_for(p, file)};

	if (p->how->times) {
		a.flags |= SFTP_ATTR_TIMES;
		a.atime = (uint32_t)file->atime.tv_sec;
		a.mtime = (uint32_t)file->mtime.tv_sec;
	}
	if (p->owner.flags)
		(void)sftp_put_path_attrs(&p->client->out, SFTP_SETSTAT,
		    sftp_expect(p->client, ignore, p, i), path, &p->owner);
	(void)sftp_put_path_attrs(&p->client->out, SFTP_SETSTAT,
	    sftp_expect(p->client, fixed, p, i), path, &a);
}

static int
finish(struct put *p, struct fault *f)
{
	const struct copy_watch *watch = p->how->watch;
	size_t i;

	for (i = 0; i < p->sources->n_files; i++) {
		const struct source_file *file = &p->sources->files[i];
		char *path;

		if (!(p->marks[i] & MARK_SAME))
			continue;
		path = put_path(p, file);
		if (p->marks[i] & MARK_ATTRS)
			fix_attrs(p, i, path);
		else
			put_tell(p, COPY_UNCHANGED, path, "");
		mem_free(path);
		p->marks[i] |= MARK_DONE;
		watch->expected(watch->arg, -(int64_t)file->size);
		if (put_drain(p, SFTP_CLIENT_MAX / 2, f))
			return -1;
	}
	return put_drain(p, 0, f);
}

int
put_check(struct put *p, struct fault *f)
{
	struct check k = {.put = p};
	struct copy_hash files = {
	    .arg = &k, .next = next_path, .digest = got_digest};
	int ret;

	p->marks = mem_alloc(p->sources->n_files + 1, 1);
	if (look_at_all(p, f))
		return -1;
	if (next_candidate(p, 0) < p->sources->n_files) {
		ret = copy_hash(p->c, p->how, &files, f);
		if (ret < 0)
			return -1;
		p->no_shell = ret > 0;
		if (p->no_shell && put_compare(p, f))
			return -1;
	}
	return finish(p, f);
}
