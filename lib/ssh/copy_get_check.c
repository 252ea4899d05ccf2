/*
 * A copy from a host that compares first: files that are here with the same
 * size wait, and then the host's sha256sum tells of many at once.  Where the
 * account has no shell, they are fetched, and compared when they have come.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "ssh/copy_get_internal.h"
#include "ssh/copy_hash.h"

static int
open_here(struct get *g, const struct get_item *item, struct stat *st)
{
	int dir = get_dir_fd(g, item->dir), fd;

	fd = dir < 0
	    ? -1
	    : openat(dir, item->name,
		  O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	if (fd >= 0 && (fstat(fd, st) || !S_ISREG(st->st_mode)))
		fd = fdio_close(fd);
	return fd;
}

bool
get_may_be_same(struct get *g, const struct get_item *item)
{
	struct stat st;
	int fd;

	if (!g->how->check || g->no_shell || g->output || item->checked ||
	    item->kind != GET_FILE || item->size == 0)
		return false;
	fd = open_here(g, item, &st);
	fdio_close(fd);
	return fd >= 0 && (uint64_t)st.st_size == item->size;
}

void
get_wait_for_check(struct get *g, struct get_item *item)
{
	item->next = NULL;
	*g->checks_end = item;
	g->checks_end = &item->next;
	g->checking++;
}

/* -- What is the same -- */

/* Its mode and time may not be: then it counts as copied. */
static int
fix_attributes(struct get *g, const struct get_item *item, int fd,
    const struct stat *st, enum copy_event *event)
{
	const struct sftp_attrs *a = &item->attrs;
	struct timespec times[2] = {{.tv_sec = a->atime}, {.tv_sec = a->mtime}};
	mode_t mode = g->how->set_mode ? g->how->mode : a->mode & 0777;

	*event = COPY_UNCHANGED;
	if ((st->st_mode & 07777) != mode) {
		*event = COPY_SENT;
		if (fchmod(fd, mode))
			return -1;
	}
	if (g->how->times && (a->flags & SFTP_ATTR_TIMES) &&
	    (uint32_t)st->st_mtim.tv_sec != a->mtime) {
		*event = COPY_SENT;
		if (futimens(fd, times))
			return -1;
	}
	return 0;
}

static void
tell_same(
    struct get *g, const struct get_item *item, int fd, const struct stat *st)
{
	const struct copy_watch *watch = g->how->watch;
	char *path = copy_join(item->dir->local, item->name);
	enum copy_event event;

	if (fix_attributes(g, item, fd, st, &event))
		get_tell_errno(g, path, errno);
	else
		get_tell(g, event, path, "");
	watch->expected(watch->arg, -(int64_t)item->size);
	mem_free(path);
}

/* -- Digests -- */

struct batch {
	struct get *get;
	struct get_item *asked, *told; /* the next ones */
};

static char *
next_path(void *arg)
{
	struct batch *b = arg;
	struct get_item *item = b->asked;

	if (!item)
		return NULL;
	b->asked = item->next;
	return mem_strdup(item->remote);
}

static void
got_digest(void *arg, const char *path, const uint8_t value[DIGEST_LEN])
{
	struct batch *b = arg;
	uint8_t ours[DIGEST_LEN];
	struct get_item *item = b->told;
	struct stat st;
	int fd;

	while (item && item != b->asked && strcmp(item->remote, path))
		item = item->next;
	if (!item || item == b->asked)
		return;
	b->told = item->next;
	fd = open_here(b->get, item, &st);
	if (fd >= 0 && digest_file(fd, UINT64_MAX, ours) >= 0 &&
	    !memcmp(ours, value, DIGEST_LEN)) {
		item->same = true;
		tell_same(b->get, item, fd, &st);
	}
	fdio_close(fd);
}

/* Those that differ, or of which nothing was told, are fetched. */
static void
release_batch(struct get *g)
{
	struct get_item *item = g->checks;

	g->checks = NULL;
	g->checks_end = &g->checks;
	g->checking = 0;
	while (item) {
		struct get_item *next = item->next;

		item->next = NULL;
		item->checked = true;
		if (item->same) {
			get_dir_leave(g, item->dir);
			get_item_free(item);
		} else {
			*g->items_end = item;
			g->items_end = &item->next;
			g->pending++;
		}
		item = next;
	}
}

int
get_check_waiting(struct get *g, bool idle, struct fault *f)
{
	struct batch b = {.get = g, .asked = g->checks, .told = g->checks};
	struct copy_hash files = {
	    .arg = &b, .next = next_path, .digest = got_digest};
	int ret;

	if (!g->checking || (!idle && g->checking < GET_CHECKS))
		return 0;
	ret = copy_hash(g->c, g->how, &files, f);
	if (ret < 0)
		return -1;
	g->no_shell = ret > 0;
	release_batch(g);
	return 0;
}

/* -- When it has come -- */

bool
getting_is_same(struct getting *t)
{
	uint8_t new[DIGEST_LEN], old[DIGEST_LEN];
	struct get *g = t->get;
	struct stat st;
	bool same;
	int fd;

	/* what has no length is not asked for by digest */
	if (!g->how->check || (!g->no_shell && t->item->size))
		return false;
	fd = open_here(g, t->item, &st);
	if (fd < 0)
		return false;
	same = (uint64_t)st.st_size == t->got &&
	    digest_file(fd, UINT64_MAX, old) >= 0 &&
	    digest_file(t->fd, UINT64_MAX, new) >= 0 &&
	    !memcmp(old, new, DIGEST_LEN);
	if (same) {
		t->item->attrs = t->attrs;
		tell_same(g, t->item, fd, &st);
		g->how->watch->expected(
		    g->how->watch->arg, (int64_t)t->item->size);
	}
	fdio_close(fd);
	return same;
}

bool
get_link_is_same(struct getting *t, const char *text)
{
	char here[GET_PATH];
	int dir = get_dir_fd(t->get, t->item->dir);
	ssize_t n;

	if (!t->get->how->check || dir < 0)
		return false;
	n = readlinkat(dir, t->item->name, here, sizeof(here));
	return n >= 0 && (size_t)n == strlen(text) &&
	    !memcmp(here, text, (size_t)n);
}
