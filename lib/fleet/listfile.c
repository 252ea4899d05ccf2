#include "fleet/listfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"

int
listfile_look(
    struct listfile *l, const char *option, const char *path, struct fault *f)
{
	struct stat st;
	mode_t mask = umask(0);

	umask(mask);
	l->mode = 0666 & ~mask;
	l->path = realpath(path, NULL);
	if (!l->path)
		l->path = mem_strdup(path);
	if (stat(l->path, &st))
		return 0;
	if (!S_ISREG(st.st_mode))
		return fault_set(f, FAULT_SYSTEM, 0,
		    "%s %s: not a regular file", option, path);
	l->mode = st.st_mode & 07777;
	return 0;
}

void
listfile_release(struct listfile *l)
{
	mem_free(l->path);
	l->path = NULL;
}

int
listfile_check_place(const struct listfile *l)
{
	const char *slash = strrchr(l->path, '/');
	char *dir = slash ? mem_strndup(l->path, (size_t)(slash + 1 - l->path))
			  : mem_strdup(".");
	int error = access(dir, W_OK | X_OK) ? errno : 0;

	mem_free(dir);
	return error;
}

static int
write_file(int fd, const struct listfile *l, const struct buf *text)
{
	int ret = fchmod(fd, l->mode);

	if (!ret)
		ret = fdio_write_all(fd, buf_str(text), text->len);
	if (close(fd))
		ret = -1;
	return ret;
}

int
listfile_replace(const struct listfile *l, const struct buf *text)
{
	char *path = mem_printf("%s.XXXXXX", l->path);
	int fd = mkostemp(path, O_CLOEXEC), error = 0;

	if (fd < 0)
		error = errno;
	else if (write_file(fd, l, text) || rename(path, l->path))
		error = errno;
	if (error && fd >= 0)
		unlink(path);
	mem_free(path);
	return error;
}
