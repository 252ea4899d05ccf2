/*
 * A copy to a host that compares first: what the host has of the files, by
 * size, then by digest.  Directories are listed there, which tells of a hundred
 * files at once, and what may be the same is hashed there meanwhile.
 */
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "ssh/copy_hash.h"
#include "ssh/copy_put_internal.h"
#include "ssh/copy_text.h"

enum {
	CHECK_MANY = 16, /* files of a directory that is listed for them */
	CHECK_LISTS = 16 /* at once */
};

struct check;

/* A directory of the host, whose names tell of the files of ours. */
struct check_list {
	struct check *check;
	const struct source_dir *dir;
	struct sftp_list *list; /* NULL: free */
};

struct check {
	struct put *put;
	size_t next; /* files before it were looked at */
	struct check_list lists[CHECK_LISTS];
	size_t listing;
	size_t *candidates; /* files of the same size, as they were found */
	size_t n, asked, told; /* of these */
	size_t *links, n_links, links_asked; /* and links */
	struct copy_hashing *hashing;
	bool ended; /* it has */
};

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

/* What the host has in the place of a file, where it has something. */
static void
found(struct check *k, size_t i, const struct sftp_attrs *a)
{
	struct put *p = k->put;
	const struct source_file *file = &p->sources->files[i];

	if (file->kind == SOURCE_LINK) {
		if (S_ISLNK(a->mode) && !p->marks[i])
			k->links[k->n_links++] = i;
		p->marks[i] = MARK_LINK;
		return;
	}
	if (!S_ISREG(a->mode) || a->size != file->size || p->marks[i])
		return;
	p->marks[i] = MARK_SIZE;
	if (!has_attrs(p, file, a))
		p->marks[i] |= MARK_ATTRS;
	k->candidates[k->n++] = i;
}

static void
looked(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	if (reply->type == SFTP_ATTRS)
		found(arg, (size_t)tag, &reply->attrs);
}

static int
listed(void *arg, const struct sftp_entry *entry)
{
	struct check_list *l = arg;
	const struct sources *s = l->check->put->sources;
	char *name = mem_strndup((const char *)entry->name.p, entry->name.n);
	const struct source_file *file = strlen(name) == entry->name.n
	    ? sources_find(s, l->dir, name)
	    : NULL;

	mem_free(name);
	if (file)
		found(l->check, (size_t)(file - s->files), &entry->attrs);
	return 0;
}

static void
list_done(void *arg, uint32_t code)
{
	struct check_list *l = arg;

	(void)code;
	l->list = NULL;
	l->check->listing--;
}

static void
list_dir(struct check *k, const struct source_dir *dir)
{
	static const struct sftp_list_ops ops = {
	    .entry = listed, .done = list_done};
	struct check_list *l = k->lists;
	char *path = put_dir_path(k->put, dir);

	while (l->list)
		l++;
	*l = (struct check_list){.check = k, .dir = dir};
	l->list = sftp_list_start(k->put->client, *path ? path : ".", &ops, l);
	k->listing++;
	mem_free(path);
}

static void
look_at(struct check *k, size_t i)
{
	struct put *p = k->put;
	char *path = put_path(p, &p->sources->files[i]);

	(void)sftp_put_path(&p->client->out, SFTP_LSTAT,
	    sftp_expect(p->client, looked, k, i), path);
	mem_free(path);
}

/* Whether the next file may be looked at now: alone, or where a directory has
 * many, by its list. */
static bool
look_next(struct check *k)
{
	struct put *p = k->put;
	const struct source_file *file = &p->sources->files[k->next];
	const struct source_dir *dir;

	if (put_dir_of(p, file) != DIR_OLD || file->kind == SOURCE_STREAM) {
		k->next++;
		return true;
	}
	dir = file->dir == SOURCE_NO_DIR ? NULL : &p->sources->dirs[file->dir];
	if (!dir || dir->n < CHECK_MANY) {
		look_at(k, k->next++);
		return true;
	}
	if (k->listing == CHECK_LISTS)
		return false;
	list_dir(k, dir);
	k->next = dir->first + dir->n;
	return true;
}

/* Makes requests while there is room: whether any. */
static bool
ask_more(struct check *k)
{
	struct put *p = k->put;
	bool asked = false, more = true;

	while (more && sftp_unsent(p->client) <= PUT_UNSENT &&
	    sftp_client_has_room(p->client, SFTP_CLIENT_MAX / 2)) {
		if (k->links_asked < k->n_links)
			ask_link(p, k->links[k->links_asked++]);
		else
			more = k->next < p->sources->n_files && look_next(k);
		asked |= more;
	}
	return asked;
}

static bool
is_looking(const struct check *k)
{
	return k->next < k->put->sources->n_files ||
	    k->links_asked < k->n_links || k->put->client->in_flight > 0;
}

/* -- Digests -- */

static char *
next_path(void *arg)
{
	struct check *k = arg;

	if (k->asked == k->n)
		return NULL;
	return put_path(
	    k->put, &k->put->sources->files[k->candidates[k->asked++]]);
}

static bool
waits(void *arg)
{
	return is_looking(arg);
}

/* Digests come in the order of the paths, but for some that are missing. */
static void
got_digest(void *arg, const char *path, const uint8_t value[DIGEST_LEN])
{
	struct check *k = arg;
	struct put *p = k->put;
	size_t at = k->told, i = 0;
	bool is_it = false;

	for (; at < k->asked && !is_it; at++) {
		char *candidate;

		i = k->candidates[at];
		candidate = put_path(p, &p->sources->files[i]);
		is_it = !strcmp(candidate, path);
		mem_free(candidate);
	}
	if (!is_it)
		return;
	k->told = at;
	if (sources_compare(
		p->sources, &p->sources->files[i], UINT64_MAX, value) > 0)
		p->marks[i] |= MARK_SAME;
}

/* -1 with a fault that ends everything; else the host has told what it can. */
static int
end_hashing(struct check *k, int ret, struct fault *f)
{
	struct copy_hashing *h = k->hashing;

	k->hashing = NULL;
	k->ended = true;
	ret = copy_hash_end(h, ret, f);
	k->put->no_shell = ret > 0;
	return ret < 0 ? -1 : 0;
}

/* Looks at all, and has the host hash what may be the same, beside that. */
static int
look_and_hash(struct check *k, const struct copy_hash *files, struct fault *f)
{
	struct put *p = k->put;
	int ret = 0;

	while (!ret && (is_looking(k) || k->hashing)) {
		bool moved = ask_more(k);

		if (sftp_move(p->s, &moved, f) || put_check_stop(p, f))
			return -1;
		if (k->n && !k->ended && !k->hashing)
			k->hashing = copy_hash_begin(p->c, p->how, files);
		if (k->hashing && (ret = copy_hash_move(k->hashing, &moved, f)))
			ret = end_hashing(k, ret, f);
		else if (!moved)
			ret = sftp_wait(p->s, f);
	}
	return ret;
}

/* -- What comes of it -- */

enum { FIX_LAST = 1 }; /* above it in a tag, the file */

/* The first failure is told, or the end. */
static void
fixed(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	struct put *p = arg;
	bool ok = copy_is_ok(reply);
	size_t i = (size_t)(tag >> 1);
	struct buf reason;
	char *path;

	if ((p->marks[i] & MARK_FAILED) || (ok && !(tag & FIX_LAST)))
		return;
	path = put_path(p, &p->sources->files[i]);
	buf_init(&reason, COPY_TEXT);
	if (!ok) {
		p->marks[i] |= MARK_FAILED;
		copy_reason(&reason, reply);
	}
	put_tell(p, ok ? COPY_SENT : COPY_FAILED, path, buf_str(&reason));
	buf_release(&reason);
	mem_free(path);
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
		    sftp_expect(p->client, fixed, p, i << 1), path, &p->owner);
	(void)sftp_put_path_attrs(&p->client->out, SFTP_SETSTAT,
	    sftp_expect(p->client, fixed, p, i << 1 | FIX_LAST), path, &a);
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

static void
release(struct check *k)
{
	struct fault ignored = {0};
	size_t i;

	if (k->hashing)
		(void)copy_hash_end(k->hashing, -1, &ignored);
	for (i = 0; i < CHECK_LISTS; i++) {
		if (k->lists[i].list)
			sftp_list_abandon(k->lists[i].list);
	}
	sftp_forget(k->put->client, k);
	mem_free(k->candidates);
	mem_free(k->links);
}

int
put_check(struct put *p, struct fault *f)
{
	struct check k = {.put = p};
	struct copy_hash files = {
	    .arg = &k, .next = next_path, .waits = waits, .digest = got_digest};
	int ret;

	k.ended = p->no_shell = !copy_hash_allowed(p->c, p->how);
	p->marks = mem_alloc(p->sources->n_files + 1, 1);
	k.candidates =
	    mem_alloc(p->sources->n_files + 1, sizeof(*k.candidates));
	k.links = mem_alloc(p->sources->n_files + 1, sizeof(*k.links));
	ret = look_and_hash(&k, &files, f);
	release(&k);
	if (!ret && p->no_shell)
		ret = put_compare(p, f);
	return ret ? -1 : finish(p, f);
}
