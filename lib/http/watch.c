#include "http/watch.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fdio.h"

enum {
	CHANGES = IN_CREATE | IN_DELETE | IN_MODIFY | IN_ATTRIB |
	    IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR
};

/* File systems that nobody changes but through this kernel: ext2 to ext4, XFS,
 * Btrfs, F2FS, tmpfs, overlayfs, ISO 9660, SquashFS. */
static const uint32_t local[] = {0xef53, 0x58465342, 0x9123683e, 0xf2f52010,
    0x01021994, 0x794c7630, 0x9660, 0x73717368};

static bool
is_local(int dir)
{
	struct statfs fs;
	size_t i;

	if (fstatfs(dir, &fs))
		return false;
	for (i = 0; i < sizeof(local) / sizeof(*local); i++)
		if ((uint32_t)fs.f_type == local[i])
			return true;
	return false;
}

static bool
is_same(const char *path, int dir)
{
	struct stat a, b;

	return !stat(path, &a) && !fstat(dir, &b) && a.st_dev == b.st_dev &&
	    a.st_ino == b.st_ino;
}

static bool
open_once(struct watch *w)
{
	if (!w->opened) {
		w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
		w->opened = w->fd >= 0;
	}
	return w->opened;
}

/* Reads what there is; whether that was nothing. */
static bool
drain(const struct watch *w)
{
	char events[4096];
	bool silent = true;

	while (fdio_read(w->fd, events, sizeof(events)) > 0)
		silent = false;
	return silent && errno == EAGAIN;
}

void
watch_release(struct watch *w)
{
	if (w->opened)
		close(w->fd);
	*w = (struct watch){.opened = false};
}

bool
watch_start(struct watch *w, const char *path, int dir)
{
	watch_stop(w);
	if (!is_local(dir) || !open_once(w))
		return false;
	drain(w);
	w->wd = inotify_add_watch(w->fd, path, CHANGES);
	if (w->wd < 0)
		w->wd = 0;
	if (w->wd && !is_same(path, dir))
		watch_stop(w);
	return w->wd != 0;
}

bool
watch_is_silent(struct watch *w)
{
	return w->wd && drain(w);
}

void
watch_stop(struct watch *w)
{
	if (w->wd)
		inotify_rm_watch(w->fd, w->wd);
	w->wd = 0;
}
