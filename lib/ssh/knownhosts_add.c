/*
 * Learning keys.
 */
#include <errno.h>
#include <unistd.h>

#include "base/mem.h"
#include "ssh/knownfile.h"
#include "ssh/knownhosts_internal.h"
#include "ssh/knownline.h"

/* A key to be learned, and where. */
struct lesson {
	struct knownhosts_query q; /* of one file */
	bool hashed;
	const void *blob;
	size_t n;
};

static bool
is_learned(const struct knownhosts *k, const struct lesson *l)
{
	return knownhosts_look(k, &l->q, l->blob, l->n).verdict ==
	    KNOWNHOSTS_KNOWN;
}

/* What others have added to a file. */
static void
read_news(struct knownhosts *k, struct file *file, int fd)
{
	struct buf news;

	buf_init(&news, KNOWNHOSTS_FILE_MAX);
	knownfile_read(fd, file->size, &news);
	knownhosts_read_text(k, file, buf_str(&news), news.len);
	buf_release(&news);
}

static int
write_line(
    struct knownhosts *k, struct file *file, const struct lesson *l, int fd)
{
	char *name = knownhosts_name(&l->q);
	struct buf line;
	int ret;

	buf_init(&line, 4 * KNOWNHOSTS_BLOB_MAX);
	knownline_print(&line, name, l->hashed, l->blob, l->n);
	ret = knownfile_append(fd, buf_str(&line), line.len);
	if (!ret) {
		knownhosts_read_line(
		    k, file, buf_str(&line), line.len - 1, ++file->number);
		file->size = knownfile_size(fd);
	}
	buf_release(&line);
	mem_free(name);
	return ret;
}

/* With the lock held for writing, and the file locked meanwhile: another run
 * may have learned the key since it was read. */
static int
learn(struct knownhosts *k, struct file *file, const struct lesson *l,
    struct fault *f)
{
	int fd = knownfile_open(file->path, f);
	int ret = 0;

	if (fd < 0)
		return -1;
	read_news(k, file, fd);
	if (!is_learned(k, l)) {
		ret = write_line(k, file, l, fd);
		if (ret)
			fault_set(f, FAULT_SYSTEM, errno, "%s", file->path);
	}
	if (close(fd) && !ret)
		ret = fault_set(f, FAULT_SYSTEM, errno, "%s", file->path);
	return ret;
}

int
knownhosts_add(struct knownhosts *k, const struct knownhosts_query *q,
    bool hashed, const void *blob, size_t n, struct fault *f)
{
	const struct words first = {.items = q->files[0]->items, .count = 1};
	struct lesson l = {.q = *q, .hashed = hashed, .blob = blob, .n = n};
	struct file *file;
	int ret = 0;

	l.q.files[0] = &first;
	l.q.files[1] = NULL;
	pthread_rwlock_wrlock(&k->lock);
	file = knownhosts_load(k, first.items[0]);
	if (!is_learned(k, &l))
		ret = learn(k, file, &l, f);
	pthread_rwlock_unlock(&k->lock);
	return ret;
}
