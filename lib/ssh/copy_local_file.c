/*
 * A copy from a host: a file on our side.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "ssh/copy_get_internal.h"

enum {
	LOCAL_PERMISSIONS = 0777 /* a host's set-user-ID is none of ours */
};

void
getting_fail(struct getting *t, const char *reason)
{
	if (!t->failed)
		buf_puts(&t->reason, reason);
	t->failed = true;
}

void
getting_fail_errno(struct getting *t, int error)
{
	char text[128];

	if (!t->failed)
		t->at_home = true;
	getting_fail(t, strerror_r(error, text, sizeof(text)));
}

/* Held while it is written: so other runs know that it is not dead. */
static void
lock(int fd)
{
	(void)flock(fd, LOCK_EX | LOCK_NB);
}

static int
claim(struct getting *t, int dir, char *part)
{
	struct stat st;
	int ret = -1;

	if (renameat(dir, part, dir, t->temp) == 0)
		t->fd = openat(
		    dir, t->temp, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
	if (t->fd >= 0 && fstat(t->fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (uint64_t)st.st_size <= t->size) {
		lock(t->fd);
		t->next = t->got = (uint64_t)st.st_size;
		ret = 0;
	} else {
		t->fd = fdio_close(t->fd);
		(void)unlinkat(dir, t->temp, 0);
	}
	return ret;
}

int
getting_make(struct getting *t, uint64_t state)
{
	struct get_dir *dir = t->item->dir;
	int fd = get_dir_fd(t->get, dir), claimed = -1;
	char *part;

	if (fd < 0) {
		getting_fail_errno(t, errno);
		return -1;
	}
	t->source = state;
	copy_temp_name(t->temp, t->item->name, state, &t->get->run);
	part = get_take_part(t->get, dir, t->item->name, state);
	if (part)
		claimed = claim(t, fd, part);
	mem_free(part);
	if (claimed == 0)
		return 0;
	t->fd = openat(fd, t->temp,
	    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (t->fd < 0) {
		t->temp[0] = '\0';
		getting_fail_errno(t, errno);
		return -1;
	}
	lock(t->fd);
	return 0;
}

static int
rename_temp(struct getting *t, uint64_t state)
{
	int dir = get_dir_fd(t->get, t->item->dir);
	char old[COPY_TEMP_LEN + 1];

	memcpy(old, t->temp, sizeof(old));
	copy_temp_name(t->temp, t->item->name, state, &t->get->run);
	if (dir >= 0 && renameat(dir, old, dir, t->temp) == 0)
		return 0;
	memcpy(t->temp, old, sizeof(old));
	return -1;
}

/* Bytes may come before those that stand before them.  Should we be killed
 * then, its length would not tell where to go on: another name keeps it from
 * that. */
static int
leave_gap(struct getting *t)
{
	if (t->gaps || !t->source)
		return 0;
	if (rename_temp(t, copy_state_spread(t->source))) {
		getting_fail_errno(t, errno);
		return -1;
	}
	t->gaps = true;
	return 0;
}

static bool
is_zero(const char *bytes, size_t n)
{
	return n > 0 && bytes[0] == 0 && !memcmp(bytes, bytes + 1, n - 1);
}

int
getting_write(struct getting *t, const void *bytes, size_t n, uint64_t at)
{
	const char *from = bytes;

	/* a hole stays one; the end is set by getting_finish */
	if (is_zero(from, n))
		return 0;
	if (at > t->got && leave_gap(t))
		return -1;
	while (n > 0) {
		ssize_t done = pwrite(t->fd, from, n, (off_t)at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0) {
			getting_fail_errno(t, errno);
			return -1;
		}
		from += done;
		at += (uint64_t)done;
		n -= (size_t)done;
	}
	return 0;
}

static int
set_attributes(struct getting *t)
{
	const struct copy_how *how = t->get->how;
	struct timespec times[2] = {
	    {.tv_sec = t->attrs.atime}, {.tv_sec = t->attrs.mtime}};
	mode_t mode = t->attrs.flags & SFTP_ATTR_MODE
	    ? t->attrs.mode & LOCAL_PERMISSIONS
	    : 0644;

	if (fchmod(t->fd, how->set_mode ? how->mode : mode))
		return -1;
	if (how->times && (t->attrs.flags & SFTP_ATTR_TIMES) &&
	    futimens(t->fd, times))
		return -1;
	return 0;
}

/* A directory, or what else would not be replaced. */
static int
put_in_place(struct getting *t)
{
	int dir = get_dir_fd(t->get, t->item->dir);

	if (dir < 0 || renameat(dir, t->temp, dir, t->item->name)) {
		getting_fail_errno(t, errno);
		return -1;
	}
	t->temp[0] = '\0';
	return 0;
}

/* As with a put: what has a name is to have its bytes after a power cut. */
static int
make_lasting(const struct getting *t)
{
	if (t->got < COPY_KEPT && t->get->counts->sent >= COPY_LASTING)
		return 0;
	/* not every file system can */
	return fsync(t->fd) && errno != EINVAL ? -1 : 0;
}

int
getting_finish(struct getting *t)
{
	struct stat st;

	if (ftruncate(t->fd, (off_t)t->got) || set_attributes(t) ||
	    make_lasting(t) || fstat(t->fd, &st)) {
		getting_fail_errno(t, errno);
		return -1;
	}
	if ((uint64_t)st.st_size != t->got) {
		getting_fail(t, "the file here has another length");
		return -1;
	}
	/* a full disk of a network may be told here alone */
	if (close(t->fd)) {
		t->fd = -1;
		getting_fail_errno(t, errno);
		return -1;
	}
	t->fd = -1;
	return put_in_place(t);
}

void
getting_drop(struct getting *t)
{
	int dir;

	if (t->fd >= 0 && getting_is_kept(t) &&
	    !ftruncate(t->fd, (off_t)t->got) && t->gaps)
		(void)rename_temp(t, t->source);
	t->fd = fdio_close(t->fd);
	if (!t->temp[0] || getting_is_kept(t))
		return;
	dir = get_dir_fd(t->get, t->item->dir);
	if (dir >= 0)
		(void)unlinkat(dir, t->temp, 0);
	t->temp[0] = '\0';
}

int
getting_link(struct getting *t, const char *text)
{
	int dir = get_dir_fd(t->get, t->item->dir);

	copy_temp_name(t->temp, t->item->name, 0, &t->get->run);
	if (dir < 0 || symlinkat(text, dir, t->temp)) {
		t->temp[0] = '\0';
		getting_fail_errno(t, errno);
		return -1;
	}
	return put_in_place(t);
}
