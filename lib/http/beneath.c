#include "http/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "http/openat2.h"

enum {
	LINKS_MAX = 40, /* as the kernel has it */
	OPEN_FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
	DIR_FLAGS = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
};

/* The walk: done leads from the root to dir through real directories alone;
 * rest is what is still to go, and may hold links. */
struct walk {
	int root;
	int flags; /* of opening the last */
	int dir;
	int links;
	char done[PATH_MAX];
	char rest[2 * PATH_MAX];
};

int
beneath_init(struct beneath *b, const char *dir, bool follow)
{
	b->fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (b->fd < 0)
		return -1;
	b->way = follow		   ? BENEATH_FOLLOW
	    : openat2_works(b->fd) ? BENEATH_KERNEL
				   : BENEATH_WALK;
	return 0;
}

void
beneath_release(struct beneath *b)
{
	b->fd = fdio_close(b->fd);
}

static int
fail(int error)
{
	errno = error;
	return -1;
}

/* Cuts the next component off rest.  NULL at the end. */
static char *
next_component(struct walk *w, char name[NAME_MAX + 1])
{
	char *p = w->rest;
	size_t n;

	while (*p == '/')
		p++;
	n = strcspn(p, "/");
	if (n == 0 || n > NAME_MAX) {
		errno = n ? ENAMETOOLONG : 0;
		return NULL;
	}
	memcpy(name, p, n);
	name[n] = '\0';
	memmove(w->rest, p + n, strlen(p + n) + 1);
	return name;
}

static int
enter(struct walk *w, const char *name)
{
	size_t len = strlen(w->done), n = strlen(name);
	int fd;

	if (len + n + 2 > sizeof(w->done))
		return fail(ENAMETOOLONG);
	fd = openat(w->dir, name, DIR_FLAGS);
	if (fd < 0)
		return -1;
	close(w->dir);
	w->dir = fd;
	memcpy(w->done + len, name, n);
	memcpy(w->done + len + n, "/", 2);
	return 0;
}

/* Goes to the directory above: down again from the root, for the one that
 * ".." names may have been moved out of it meanwhile. */
static int
leave(struct walk *w)
{
	char path[PATH_MAX], *part = path, *slash;
	size_t len = strlen(w->done);

	if (len == 0)
		return fail(EXDEV);
	memcpy(path, w->done, len + 1);
	path[len - 1] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		slash[1] = '\0';
	else
		path[0] = '\0';
	close(w->dir);
	w->done[0] = '\0';
	w->dir = openat(w->root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	while (w->dir >= 0 && (slash = strchr(part, '/'))) {
		*slash = '\0';
		if (enter(w, part))
			return -1;
		part = slash + 1;
	}
	return w->dir < 0 ? -1 : 0;
}

static int
follow_link(struct walk *w, const char *name)
{
	char target[PATH_MAX];
	size_t len = strlen(w->rest);
	ssize_t n = readlinkat(w->dir, name, target, sizeof(target));

	if (n < 0)
		return -1;
	if (++w->links > LINKS_MAX)
		return fail(ELOOP);
	if (n == 0 || target[0] == '/')
		return fail(n ? EXDEV : ENOENT);
	if ((size_t)n + len + 1 > sizeof(w->rest))
		return fail(ENAMETOOLONG);
	memmove(w->rest + n, w->rest, len + 1);
	memcpy(w->rest, target, (size_t)n);
	return 0;
}

/* One component.  -1 with errno, -2 to go on, or the descriptor of what the
 * path named. */
static int
step(struct walk *w)
{
	char name[NAME_MAX + 1];
	struct stat st;

	if (!next_component(w, name))
		return errno ? -1 : openat(w->dir, ".", w->flags);
	if (!strcmp(name, "."))
		return -2;
	if (!strcmp(name, ".."))
		return leave(w) ? -1 : -2;
	if (fstatat(w->dir, name, &st, AT_SYMLINK_NOFOLLOW))
		return -1;
	if (S_ISLNK(st.st_mode))
		return follow_link(w, name) ? -1 : -2;
	if (S_ISDIR(st.st_mode))
		return enter(w, name) ? -1 : -2;
	if (*w->rest)
		return fail(ENOTDIR);
	return openat(w->dir, name, w->flags | O_NOFOLLOW);
}

static int
walk_open(int root, const char *path, int flags)
{
	struct walk w = {.root = root, .flags = flags};
	size_t n = strlen(path);
	int fd;

	if (n >= PATH_MAX)
		return fail(ENAMETOOLONG);
	memcpy(w.rest, path, n + 1);
	w.dir = openat(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (w.dir < 0)
		return -1;
	do
		fd = step(&w);
	while (fd == -2);
	fdio_close(w.dir);
	return fd;
}

static int
open_path(const struct beneath *b, const char *path, int flags)
{
	if (!*path)
		path = ".";
	switch (b->way) {
	case BENEATH_KERNEL:
		return openat2_beneath(b->fd, path, flags);
	case BENEATH_WALK:
		return walk_open(b->fd, path, flags);
	case BENEATH_FOLLOW:
		return openat(b->fd, path, flags);
	}
	return fail(EINVAL);
}

int
beneath_open(const struct beneath *b, const char *path)
{
	return open_path(b, path, OPEN_FLAGS);
}

int
beneath_stat(const struct beneath *b, const char *path, struct stat *st)
{
	int fd, ret;

	if (b->way == BENEATH_FOLLOW)
		return fstatat(b->fd, *path ? path : ".", st, 0);
	/* without a directory or a link on its way a path cannot leave */
	if (!strchr(path, '/')) {
		if (fstatat(b->fd, *path ? path : ".", st, AT_SYMLINK_NOFOLLOW))
			return -1;
		if (!S_ISLNK(st->st_mode))
			return 0;
	}
	fd = open_path(b, path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ret = fstat(fd, st);
	fdio_close(fd);
	/* put there while we walked */
	return !ret && S_ISLNK(st->st_mode) ? fail(ELOOP) : ret;
}
