/*
 * A copy from a host: the directories on our side.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "ssh/copy_get_internal.h"

enum {
	LOCAL_FLAGS = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
	LOCAL_PERMISSIONS = 0777 /* a host's set-user-ID is none of ours */
};

/* -- The target -- */

static int
open_base(struct get *g, const char *path, struct fault *f)
{
	mem_free(g->root->local);
	g->root->local = mem_strdup(path);
	g->base = open(*path ? path : ".", LOCAL_FLAGS);
	if (g->base < 0)
		return fault_set(f, FAULT_COPY, errno, "%s", path);
	return 0;
}

static int
make_base(struct get *g, struct fault *f)
{
	if (mkdir(g->target, 0777) && errno != EEXIST)
		return fault_set(f, FAULT_COPY, errno, "%s", g->target);
	g->inside = true;
	return open_base(g, g->target, f);
}

int
get_open_target(struct get *g, size_t n, bool is_directory, struct fault *f)
{
	bool slash = g->target[strlen(g->target) - 1] == '/', there;
	struct stat st;
	char *parent;
	int ret;

	there = stat(g->target, &st) == 0;
	if (!there && errno != ENOENT)
		return fault_set(f, FAULT_COPY, errno, "%s", g->target);
	g->inside = there && S_ISDIR(st.st_mode);
	if (g->inside)
		return open_base(g, g->target, f);
	if (there && (slash || n > 1 || is_directory))
		return fault_set(
		    f, FAULT_COPY, 0, "%s: is not a directory", g->target);
	if (slash)
		return make_base(g, f);
	if (n > 1)
		return fault_set(f, FAULT_COPY, 0,
		    "%s: there is no such directory (one with / at its end "
		    "is made)",
		    g->target);
	parent = copy_parent(g->target);
	g->new_name = copy_own_name(g->target);
	ret = open_base(g, parent, f);
	mem_free(parent);
	return ret;
}

/* -- Directories -- */

/* From the target down, or from the directory that is open: not by recursion,
 * for a host may have them 2,000 deep. */
static int
open_below(struct get *g, struct get_dir *dir)
{
	struct get_dir **chain =
	    mem_alloc((size_t)dir->depth + 1, sizeof(*chain));
	size_t n = 0;
	int fd, inner;

	for (; dir->parent && dir != g->fd_dir; dir = dir->parent)
		chain[n++] = dir;
	fd = fcntl(dir == g->fd_dir ? g->dir_fd : g->base, F_DUPFD_CLOEXEC, 0);
	while (n > 0 && fd >= 0) {
		const struct get_dir *next = chain[--n];

		/* of the source itself: its contents go to its parent */
		if (!*next->name)
			continue;
		inner = openat(fd, next->name, LOCAL_FLAGS | O_NOFOLLOW);
		fdio_close(fd);
		fd = inner;
	}
	mem_free(chain);
	return fd;
}

int
get_dir_fd(struct get *g, struct get_dir *dir)
{
	int fd;

	if (g->fd_dir == dir)
		return g->dir_fd;
	fd = open_below(g, dir);
	g->dir_fd = fdio_close(g->dir_fd);
	g->dir_fd = fd;
	g->fd_dir = fd < 0 ? NULL : dir;
	return fd;
}

int
get_make_dir(struct get *g, struct get_dir *dir)
{
	int above = get_dir_fd(g, dir->parent);
	struct stat st;

	if (above < 0)
		return -1;
	if (!*dir->name)
		return 0;
	if (mkdirat(above, dir->name, 0700) == 0) {
		dir->made = dir->looked = true;
		return 0;
	}
	if (errno != EEXIST)
		return -1;
	if (fstatat(above, dir->name, &st, AT_SYMLINK_NOFOLLOW))
		return -1;
	if (S_ISDIR(st.st_mode))
		return 0;
	errno = S_ISLNK(st.st_mode) ? ELOOP : ENOTDIR;
	return -1;
}

static void
finish_dir(struct get *g, struct get_dir *dir)
{
	int fd = get_dir_fd(g, dir);
	struct timespec times[2] = {
	    {.tv_sec = dir->atime}, {.tv_sec = dir->mtime}};

	if (fd < 0 || fchmod(fd, dir->mode & LOCAL_PERMISSIONS) ||
	    (g->how->times && dir->has_times && futimens(fd, times)))
		get_tell_errno(g, dir->local, errno);
}

static void
free_parts(struct get_dir *dir)
{
	while (dir->n_parts > 0)
		mem_free(dir->parts[--dir->n_parts].name);
	mem_free(dir->parts);
	dir->parts = NULL;
}

void
get_dir_free(struct get *g, struct get_dir *dir)
{
	if (dir->older)
		dir->older->younger = dir->younger;
	if (dir->younger)
		dir->younger->older = dir->older;
	else
		g->dirs = dir->older;
	if (g->fd_dir == dir)
		g->fd_dir = NULL;
	free_parts(dir);
	mem_free(dir->remote);
	mem_free(dir->name);
	mem_free(dir->local);
	mem_free(dir);
}

void
get_dir_leave(struct get *g, struct get_dir *dir)
{
	while (dir && --dir->users == 0) {
		struct get_dir *parent = dir->parent;

		if (dir->made && !g->stopping)
			finish_dir(g, dir);
		get_dir_free(g, dir);
		dir = parent;
	}
}

/* -- What earlier runs left -- */

static void
take_name(struct get *g, struct get_dir *dir, const char *name)
{
	struct get_part *part;
	struct copy_run run;
	uint32_t number;
	uint64_t state;

	if (!copy_temp_parse(name, strlen(name), &number, &state, &run) ||
	    !strcmp(run.text, g->run.text))
		return;
	dir->parts =
	    mem_realloc(dir->parts, (dir->n_parts + 1) * sizeof(*dir->parts));
	part = &dir->parts[dir->n_parts++];
	*part = (struct get_part){
	    .number = number, .state = state, .name = mem_strdup(name)};
}

static void
look(struct get *g, struct get_dir *dir)
{
	int fd = get_dir_fd(g, dir), again;
	struct dirent *entry;
	DIR *d;

	dir->looked = true;
	if (fd < 0)
		return;
	again = openat(fd, ".", LOCAL_FLAGS);
	d = again < 0 ? NULL : fdopendir(again);
	if (!d) {
		fdio_close(again);
		return;
	}
	while ((entry = readdir(d)))
		take_name(g, dir, entry->d_name);
	closedir(d);
}

/* Whether nobody writes to it any more. */
static bool
is_dead(int dir, const char *name)
{
	int fd = openat(dir, name,
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	bool dead = fd >= 0 && !flock(fd, LOCK_EX | LOCK_NB);

	fdio_close(fd);
	return dead;
}

char *
get_take_part(
    struct get *g, struct get_dir *dir, const char *name, uint64_t state)
{
	uint32_t number = copy_name_number(name, strlen(name));
	char *taken = NULL;
	size_t i, n = 0;

	if (!dir->looked)
		look(g, dir);
	for (i = 0; i < dir->n_parts; i++) {
		struct get_part *part = &dir->parts[i];

		if (part->number != number ||
		    !is_dead(get_dir_fd(g, dir), part->name)) {
			dir->parts[n++] = *part;
		} else if (g->how->resume && state && part->state == state &&
		    !taken) {
			taken = part->name;
		} else {
			(void)unlinkat(get_dir_fd(g, dir), part->name, 0);
			mem_free(part->name);
		}
	}
	dir->n_parts = n;
	return taken;
}
