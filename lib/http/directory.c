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

int
directory_page(const struct beneath *b, const char *path, const char *title,
    struct buf *page)
{
	struct entries entries = {0};
	int fd = beneath_open(b, path), ret;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		ret = store_status(errno);
		if (fd >= 0)
			close(fd);
		return ret;
	}
	read_entries(&entries, dir);
	closedir(dir);
	ret =
	    listing_page(page, title, entries.at, entries.n, entries.complete);
	while (entries.n > 0)
		mem_free((char *)entries.at[--entries.n].name);
	mem_free(entries.at);
	errno = 0;
	return ret ? 500 : 0;
}
