#include "ssh/sources.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "ssh/copy_name.h"

enum { SOURCES_LINK_MAX = 4096, SOURCES_FIRST = 64 };

/* Room for one more in an array that doubles. */
static void *
more(void *array, size_t n, size_t size)
{
	if (n >= SOURCES_FIRST && (n & (n - 1)))
		return array;
	if (n && n < SOURCES_FIRST)
		return array;
	return mem_realloc(array, (n ? 2 * n : SOURCES_FIRST) * size);
}

static struct source_file *
add_file(struct sources *s, size_t top, size_t dir, const char *name)
{
	s->files = more(s->files, s->n_files, sizeof(*s->files));
	s->files[s->n_files] = (struct source_file){
	    .top = top, .dir = dir, .name = mem_strdup(name)};
	return &s->files[s->n_files++];
}

static void
add_dir(
    struct sources *s, size_t top, char *rel, int depth, const struct stat *st)
{
	s->dirs = more(s->dirs, s->n_dirs, sizeof(*s->dirs));
	s->dirs[s->n_dirs++] = (struct source_dir){.top = top,
	    .rel = rel,
	    .depth = depth,
	    .mode = st->st_mode & 07777,
	    .atime = st->st_atim,
	    .mtime = st->st_mtim};
}

static char *
dir_path(const struct sources *s, const struct source_dir *dir)
{
	const char *top = s->tops[dir->top].path;

	return mem_printf("%s%s", top, dir->rel);
}

/* The text of a link, or NULL with errno. */
static char *
read_link(const char *path)
{
	char text[SOURCES_LINK_MAX];
	ssize_t n = readlink(path, text, sizeof(text));

	return n < 0 ? NULL : mem_strndup(text, (size_t)n);
}

static int
add_entry(struct sources *s, size_t dir, const char *name, const char *path,
    struct fault *f)
{
	size_t top = s->dirs[dir].top;
	struct source_file *file;
	struct stat st;

	if (lstat(path, &st)) {
		/* it was there a moment ago */
		return errno == ENOENT
		    ? 0
		    : fault_set(f, FAULT_COPY, errno, "%s", path);
	}
	if (S_ISDIR(st.st_mode)) {
		add_dir(s, top, mem_printf("%s/%s", s->dirs[dir].rel, name),
		    s->dirs[dir].depth + 1, &st);
		return 0;
	}
	if (!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode)) {
		diag_note("%s: neither a file nor a directory, left out", path);
		s->skipped++;
		return 0;
	}
	file = add_file(s, top, dir, name);
	file->mode = st.st_mode & 07777;
	file->atime = st.st_atim;
	file->mtime = st.st_mtim;
	file->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	s->bytes += file->size;
	if (S_ISLNK(st.st_mode)) {
		file->kind = SOURCE_LINK;
		file->link = read_link(path);
		if (!file->link)
			return fault_set(f, FAULT_COPY, errno, "%s", path);
	}
	return 0;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(((const struct source_file *)a)->name,
	    ((const struct source_file *)b)->name);
}

static int
read_dir(struct sources *s, size_t dir, struct fault *f)
{
	char *path = dir_path(s, &s->dirs[dir]);
	DIR *d = opendir(path);
	struct dirent *entry;
	int ret = 0;

	if (!d)
		ret = fault_set(f, FAULT_COPY, errno, "%s", path);
	s->dirs[dir].first = s->n_files;
	while (d && !ret && (errno = 0, entry = readdir(d))) {
		char *inner;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		inner = mem_printf("%s/%s", path, entry->d_name);
		ret = add_entry(s, dir, entry->d_name, inner, f);
		mem_free(inner);
	}
	if (d && !ret && errno)
		ret = fault_set(f, FAULT_COPY, errno, "%s", path);
	s->dirs[dir].n = s->n_files - s->dirs[dir].first;
	if (s->dirs[dir].n)
		qsort(s->files + s->dirs[dir].first, s->dirs[dir].n,
		    sizeof(*s->files), compare_names);
	if (d)
		closedir(d);
	mem_free(path);
	return ret;
}

static void
add_stream(struct sources *s, size_t top)
{
	struct source_file *file = add_file(s, top, SOURCE_NO_DIR, "");

	file->kind = SOURCE_STREAM;
	file->mode = 0666;
}

/* One that is named is followed where it is a link. */
static int
add_top(struct sources *s, const char *path, bool recursive, struct fault *f)
{
	struct source_top *top = &s->tops[s->n_tops];
	struct source_file *file;
	struct stat st;

	top->path = mem_strdup(path);
	top->name = copy_own_name(path);
	s->n_tops++;
	if (!strcmp(path, "-")) {
		add_stream(s, s->n_tops - 1);
		return 0;
	}
	if (stat(path, &st))
		return fault_set(f, FAULT_COPY, errno, "%s", path);
	if (S_ISDIR(st.st_mode)) {
		if (!recursive)
			return fault_set(f, FAULT_COPY, 0,
			    "%s: is a directory, which -r copies", path);
		top->directory = true;
		add_dir(s, s->n_tops - 1, mem_strdup(""), 0, &st);
		return 0;
	}
	if (!S_ISREG(st.st_mode))
		return fault_set(f, FAULT_COPY, 0,
		    "%s: not a regular file (standard input is -)", path);
	file = add_file(s, s->n_tops - 1, SOURCE_NO_DIR, "");
	file->mode = st.st_mode & 07777;
	file->atime = st.st_atim;
	file->mtime = st.st_mtim;
	file->size = (uint64_t)st.st_size;
	s->bytes += file->size;
	return 0;
}

struct sources *
sources_new(const char *const *paths, size_t n, bool recursive, struct fault *f)
{
	struct sources *s = mem_alloc(1, sizeof(*s));
	size_t i;
	int ret = copy_check_names(paths, n, f);

	pthread_mutex_init(&s->lock, NULL);
	s->tops = mem_alloc(n, sizeof(*s->tops));
	for (i = 0; i < n && !ret; i++)
		ret = add_top(s, paths[i], recursive, f);
	/* it grows meanwhile: parents stand before their children */
	for (i = 0; i < s->n_dirs && !ret; i++)
		ret = read_dir(s, i, f);
	if (!ret)
		return s;
	sources_free(s);
	return NULL;
}

void
sources_free(struct sources *s)
{
	size_t i;

	if (!s)
		return;
	for (i = 0; i < s->n_tops; i++) {
		mem_free(s->tops[i].path);
		mem_free(s->tops[i].name);
	}
	for (i = 0; i < s->n_dirs; i++)
		mem_free(s->dirs[i].rel);
	for (i = 0; i < s->n_files; i++) {
		mem_free(s->files[i].name);
		mem_free(s->files[i].link);
	}
	pthread_mutex_destroy(&s->lock);
	mem_free(s->digests);
	mem_free(s->digested);
	mem_free(s->tops);
	mem_free(s->dirs);
	mem_free(s->files);
	mem_free(s);
}

const struct source_file *
sources_find(
    const struct sources *s, const struct source_dir *dir, const char *name)
{
	struct source_file key = {.name = (char *)(uintptr_t)name};

	if (!dir->n)
		return NULL;
	return bsearch(
	    &key, s->files + dir->first, dir->n, sizeof(key), compare_names);
}

char *
sources_path(const struct sources *s, const struct source_file *file)
{
	const char *top = s->tops[file->top].path;

	if (file->dir == SOURCE_NO_DIR)
		return mem_strdup(top);
	return mem_printf("%s%s/%s", top, s->dirs[file->dir].rel, file->name);
}

static char *
below(const struct sources *s, size_t top, const char *rel, bool inside)
{
	const char *name = inside ? s->tops[top].name : "";

	/* what is in "." has no name before it */
	if (inside && !*name && *rel == '/')
		rel++;
	return mem_printf("%s%s", name, rel);
}

char *
sources_below(
    const struct sources *s, const struct source_file *file, bool inside)
{
	char *rel, *path;

	if (file->dir == SOURCE_NO_DIR)
		return below(s, file->top, "", inside);
	rel = mem_printf("%s/%s", s->dirs[file->dir].rel, file->name);
	path = below(s, file->top, rel, inside);
	mem_free(rel);
	return path;
}

char *
sources_dir_below(
    const struct sources *s, const struct source_dir *dir, bool inside)
{
	return below(s, dir->top, dir->rel, inside);
}

static bool
find_digest(
    struct sources *s, size_t i, uint64_t max, uint8_t value[DIGEST_LEN])
{
	bool known;

	pthread_mutex_lock(&s->lock);
	known = s->digested && s->digested[i] >= 0 &&
	    (max == UINT64_MAX || (uint64_t)s->digested[i] == max);
	if (known)
		memcpy(value, s->digests[i], DIGEST_LEN);
	pthread_mutex_unlock(&s->lock);
	return known;
}

static void
keep_digest(struct sources *s, size_t i, int64_t n, uint8_t value[DIGEST_LEN])
{
	pthread_mutex_lock(&s->lock);
	if (!s->digested) {
		s->digests = mem_alloc(s->n_files, sizeof(*s->digests));
		s->digested = mem_alloc(s->n_files, sizeof(*s->digested));
		/* -1 in each */
		memset(s->digested, 0xff, s->n_files * sizeof(*s->digested));
	}
	memcpy(s->digests[i], value, DIGEST_LEN);
	s->digested[i] = n;
	pthread_mutex_unlock(&s->lock);
}

static int
make_digest(struct sources *s, const struct source_file *file, uint64_t max,
    uint8_t value[DIGEST_LEN])
{
	size_t i = (size_t)(file - s->files);
	int64_t n;
	char *path;
	int fd;

	if (find_digest(s, i, max, value))
		return 0;
	path = sources_path(s, file);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	mem_free(path);
	if (fd < 0)
		return -1;
	n = digest_file(fd, max, value);
	fdio_close(fd);
	if (n < 0)
		return -1;
	keep_digest(s, i, n, value);
	return 0;
}

int
sources_compare(struct sources *s, const struct source_file *file, uint64_t max,
    const uint8_t value[DIGEST_LEN])
{
	uint8_t ours[DIGEST_LEN];

	if (make_digest(s, file, max, ours))
		return -1;
	return !memcmp(ours, value, DIGEST_LEN);
}
