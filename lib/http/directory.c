#include "http/directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "http/listing.h"
#include "http/store.h"

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
stat_entry(const struct directory_place *at, DIR *dir, const char *name,
    struct stat *st)
{
	if (fstatat(dirfd(dir), name, st, AT_SYMLINK_NOFOLLOW))
		return -1;
	return S_ISLNK(st->st_mode) ? stat_link(at, name, st) : 0;
}

/* Only what a request could get is listed. */
static void
read_entries(struct entries *e, const struct directory_place *at, DIR *dir)
{
	const struct dirent *d;
	struct stat st;

	e->complete = true;
	while ((d = readdir(dir))) {
		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		if (stat_entry(at, dir, d->d_name, &st) ||
		    (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
			continue;
		if (e->n == DIRECTORY_ENTRIES_MAX) {
			e->complete = false;
			break;
		}
		add(e, d->d_name, strlen(d->d_name), &st);
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

static int
read_directory(struct entries *e, const struct directory_place *at)
{
	int fd = beneath_open(&at->m->root, at->path), status;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		status = store_status(errno);
		if (fd >= 0)
			close(fd);
		return status;
	}
	read_entries(e, at, dir);
	closedir(dir);
	return 0;
}

static int
make_page(const struct directory_place *at, struct buf *page)
{
	struct entries entries = {.complete = true};
	int status;

	buf_init(&entries.names, (size_t)DIRECTORY_ENTRIES_MAX * 256);
	status = at->m ? read_directory(&entries, at) : 0;
	if (!status) {
		add_mounts(&entries, at->site, at->title);
		set_names(&entries);
		errno = 0;
		if (listing_page(page, at->title, entries.at, entries.n,
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
}

/* The directory itself is compared at each request; only what stands in it of
 * the files, their sizes and times, may be of this second. */
static bool
is_fresh(
    const struct directory *d, const struct directory_place *at, int64_t wall)
{
	return d->title && at->st && d->wall == wall &&
	    !strcmp(d->title, at->title) && store_same_file(&d->st, at->st);
}

int
directory_page(
    struct directory *d, const struct directory_place *at, int64_t wall)
{
	int status;

	if (is_fresh(d, at, wall))
		return 0;
	directory_forget(d);
	buf_init(&d->page, DIRECTORY_PAGE_MAX);
	status = make_page(at, &d->page);
	if (!status && at->st && store_is_settled(at->st, wall)) {
		d->title = mem_strdup(at->title);
		d->st = *at->st;
		d->wall = wall;
	}
	return status;
}
