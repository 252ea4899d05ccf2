#include "http/directory.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "http/listing.h"
#include "http/store.h"

struct entries {
	struct listing_entry *at;
	size_t n, cap;
	bool complete;
};

static void
add(struct entries *e, const char *name, const struct stat *st)
{
	if (e->n == e->cap) {
		e->cap = e->cap ? 2 * e->cap : 64;
		e->at = mem_realloc(e->at, e->cap * sizeof(*e->at));
	}
	e->at[e->n++] = (struct listing_entry){
	    .name = mem_strdup(name),
	    .len = strlen(name),
	    .directory = S_ISDIR(st->st_mode),
	    .size = (uint64_t)st->st_size,
	    .modified = st->st_mtim.tv_sec,
	};
}

/* Only what a request could get is listed. */
static void
read_entries(struct entries *e, DIR *dir)
{
	const struct dirent *d;
	struct stat st;

	e->complete = true;
	while ((d = readdir(dir))) {
		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		if (fstatat(dirfd(dir), d->d_name, &st, 0) ||
		    (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
			continue;
		if (e->n == DIRECTORY_ENTRIES_MAX) {
			e->complete = false;
			break;
		}
		add(e, d->d_name, &st);
	}
}

static bool
holds(const struct entries *e, const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (e->at[i].len == n && !memcmp(e->at[i].name, name, n))
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
		char *name;

		if (!child || holds(e, child, n))
			continue;
		name = mem_strndup(child, n);
		fstat(site->mounts[i].root.fd, &st);
		add(e, name, &st);
		mem_free(name);
	}
}

static int
read_directory(struct entries *e, const struct mount *m, const char *path)
{
	int fd = beneath_open(&m->root, path), status;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		status = store_status(errno);
		if (fd >= 0)
			close(fd);
		return status;
	}
	read_entries(e, dir);
	closedir(dir);
	return 0;
}

int
directory_page(const struct site *site, const struct mount *m, const char *path,
    const char *title, struct buf *page)
{
	struct entries entries = {.complete = true};
	int status = m ? read_directory(&entries, m, path) : 0;

	if (!status) {
		add_mounts(&entries, site, title);
		errno = 0;
		if (listing_page(
			page, title, entries.at, entries.n, entries.complete))
			status = 500;
	}
	while (entries.n > 0)
		mem_free((char *)entries.at[--entries.n].name);
	mem_free(entries.at);
	return status;
}
