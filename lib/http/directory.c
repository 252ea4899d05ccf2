#include "http/directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "http/listing.h"
#include "http/store.h"

enum {
	WORTH_WATCHING = 16384 /* bytes of a directory: some hundred names */
};

struct entries {
	struct listing_entry *at;
	size_t n, cap;
	struct buf names; /* of all, while entries are added by offset */
	bool complete;
};

static void
add(struct entries *e, const char *name, size_t n, const struct stat *st)
{
	if (e->n == e->cap) {
		e->cap = e->cap ? 2 * e->cap : 64;
		e->at = mem_realloc(e->at, e->cap * sizeof(*e->at));
	}
	e->at[e->n++] = (struct listing_entry){
	    .key = e->names.len,
	    .len = n,
	    .directory = S_ISDIR(st->st_mode),
	    .size = (uint64_t)st->st_size,
	    .modified = st->st_mtim.tv_sec,
	};
	buf_append(&e->names, name, n);
}

/* The names stand still from here on. */
static void
set_names(struct entries *e)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		e->at[i].name = buf_str(&e->names) + e->at[i].key;
}

/* A link is what a request for it gets, which is nothing where it leaves. */
static int
stat_link(const struct directory_place *at, const char *name, struct stat *st)
{
	char path[PATH_MAX];
	int fd, ret;

	if (snprintf(path, sizeof(path), "%s%s%s", at->path,
		*at->path ? "/" : "", name) >= (int)sizeof(path))
		return -1;
	fd = beneath_open(&at->m->root, path);
	if (fd < 0)
		return -1;
	ret = fstat(fd, st);
	close(fd);
	return ret;
}

static int
stat_entry(const struct directory_place *at, int dir, const char *name,
    struct stat *st)
{
	if (fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW))
		return -1;
	return S_ISLNK(st->st_mode) ? stat_link(at, name, st) : 0;
}

static bool
is_listed(const struct stat *st)
{
	return S_ISREG(st->st_mode) || S_ISDIR(st->st_mode);
}

/* Notes what the watch does not vouch for, or stops it where that is much.  A
 * link counts whether it leads to something or not. */
static void
note_other(struct directory *d, const struct directory_place *at, int dir,
    const char *name, const struct stat *st)
{
	struct directory_other *other = &d->others[d->others_count];

	if (!d->watch.wd || (S_ISREG(st->st_mode) && st->st_nlink == 1))
		return;
	if (d->others_count == DIRECTORY_OTHERS_MAX) {
		watch_stop(&d->watch);
		return;
	}
	d->others_count++;
	other->name = mem_strdup(name);
	if (stat_entry(at, dir, name, &other->st))
		memset(&other->st, 0, sizeof(other->st));
}

/* Only what a request could get is listed. */
static void
read_entries(struct entries *e, struct directory *d,
    const struct directory_place *at, DIR *dir)
{
	const struct dirent *entry;
	struct stat st;

	e->complete = true;
	while ((entry = readdir(dir))) {
		const char *name = entry->d_name;

		if (!strcmp(name, ".") || !strcmp(name, ".."))
			continue;
		if (fstatat(dirfd(dir), name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		note_other(d, at, dirfd(dir), name, &st);
		if (S_ISLNK(st.st_mode) && stat_link(at, name, &st))
			continue;
		if (!is_listed(&st))
			continue;
		if (e->n == DIRECTORY_ENTRIES_MAX) {
			e->complete = false;
			break;
		}
		add(e, name, strlen(name), &st);
	}
}

static bool
holds(const struct entries *e, const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (e->at[i].len == n &&
		    !memcmp(e->names.data + e->at[i].key, name, n))
			return true;
	return false;
}

static void
add_mounts(struct entries *e, const struct site *site, const char *title)
{
	struct stat st = {.st_mode = S_IFDIR};
	size_t i, n;

	for (i = 0; i < site->n; i++) {
		const char *child = site_child(site, i, title, &n);
		if (!child || holds(e, child, n))
			continue;
		fstat(site->mounts[i].root.fd, &st);
		add(e, child, n, &st);
	}
}

/* Watches a directory before it is read, where a page is worth keeping. */
static void
start_watch(struct directory *d, const struct directory_place *at, int dir)
{
	char path[2 * PATH_MAX];

	/* what is mounted in it nobody would tell */
	if (at->st->st_size < WORTH_WATCHING || at->site->n > 1 ||
	    snprintf(path, sizeof(path), "%s/%s", at->m->dir, at->path) >=
		(int)sizeof(path))
		return;
	watch_start(&d->watch, path, dir);
}

static int
read_directory(
    struct entries *e, struct directory *d, const struct directory_place *at)
{
	int fd = beneath_open(&at->m->root, at->path), status;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		status = store_status(errno);
		if (fd >= 0)
			close(fd);
		return status;
	}
	start_watch(d, at, fd);
	read_entries(e, d, at, dir);
	closedir(dir);
	return 0;
}

static int
make_page(struct directory *d, const struct directory_place *at)
{
	struct entries entries = {.complete = true};
	int status;

	buf_init(&entries.names, (size_t)DIRECTORY_ENTRIES_MAX * 256);
	status = at->m ? read_directory(&entries, d, at) : 0;
	if (!status) {
		add_mounts(&entries, at->site, at->title);
		set_names(&entries);
		errno = 0;
		if (listing_page(&d->page, at->title, entries.at, entries.n,
			entries.complete))
			status = 500;
	}
	buf_release(&entries.names);
	mem_free(entries.at);
	return status;
}

void
directory_forget(struct directory *d)
{
	buf_release(&d->page);
	mem_free(d->title);
	d->title = NULL;
	watch_stop(&d->watch);
	while (d->others_count)
		mem_free(d->others[--d->others_count].name);
}

void
directory_release(struct directory *d)
{
	directory_forget(d);
	watch_release(&d->watch);
}

static bool
others_are_same(const struct directory *d, const struct directory_place *at)
{
	int dir = d->others_count ? beneath_open(&at->m->root, at->path) : -1;
	struct stat st;
	size_t i;

	for (i = 0; i < d->others_count; i++) {
		memset(&st, 0, sizeof(st));
		if (stat_entry(at, dir, d->others[i].name, &st))
			memset(&st, 0, sizeof(st));
		if (!store_same_file(&st, &d->others[i].st))
			break;
	}
	fdio_close(dir);
	return i == d->others_count;
}

static bool
is_fresh(struct directory *d, const struct directory_place *at)
{
	return d->title && at->st && !strcmp(d->title, at->title) &&
	    store_same_file(&d->st, at->st) && watch_is_silent(&d->watch) &&
	    others_are_same(d, at);
}

int
directory_page(
    struct directory *d, const struct directory_place *at, int64_t wall)
{
	int status;

	if (is_fresh(d, at))
		return 0;
	directory_forget(d);
	buf_init(&d->page, DIRECTORY_PAGE_MAX);
	status = make_page(d, at);
	if (!status && d->watch.wd && store_is_settled(at->st, wall)) {
		d->title = mem_strdup(at->title);
		d->st = *at->st;
	}
	return status;
}
