#include "hosts/groups.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "base/spawn.h"

enum {
	RUN_SECONDS = 10,
	DIRECTORIES_MAX = 65536 /* bytes of all their names */
};

/* The directories, with colons between them. */
static char *
directories(void)
{
	const char *own = getenv("FAB_GROUPS"), *home = getenv("HOME");
	struct buf text;

	buf_init(&text, DIRECTORIES_MAX);
	if (own && *own)
		buf_printf(&text, "%s:", own);
	if (home && *home)
		buf_printf(&text, "%s/.config/fab/groups:", home);
	buf_puts(&text, "/etc/fab/groups:/etc/dsh/group");
	return buf_steal(&text);
}

/* Opens a group's file.  1: there is none, or it is a directory.  What is
 * there and cannot be read is a fault: another directory's group of that name
 * may hold other hosts. */
static int
open_group(const char *path, int *fd, struct fault *f)
{
	struct stat st;
	int error;

	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	error = errno;
	if (*fd < 0 && lstat(path, &st))
		return 1;
	if (*fd < 0)
		return fault_set(f, FAULT_SYSTEM, error, "%s", path);
	if (!fstat(*fd, &st) && !S_ISDIR(st.st_mode) && !S_ISFIFO(st.st_mode))
		return 0;
	*fd = fdio_close(*fd);
	if (S_ISDIR(st.st_mode))
		return 1;
	return fault_set(f, FAULT_USAGE, 0, "%s: not a file", path);
}

/* The path of the group's file, open as *fd; NULL with a fault where there is
 * none. */
static char *
find(const char *dirs, const char *name, int *fd, struct fault *f)
{
	const char *dir = dirs;
	int ret = 1;

	while (*dir && ret > 0) {
		size_t n = strcspn(dir, ":");
		char *path = mem_printf("%.*s/%s", (int)n, dir, name);

		if (n > 0)
			ret = open_group(path, fd, f);
		if (ret == 0)
			return path;
		mem_free(path);
		dir += n + (dir[n] == ':');
	}
	if (ret > 0)
		fault_set(
		    f, FAULT_USAGE, 0, "no group %s in any of %s", name, dirs);
	return NULL;
}

/* File systems without modes make all files executable; so the beginning
 * decides too. */
static bool
is_program(const char *path, const struct buf *text)
{
	static const char elf[] = "\177ELF", script[] = "#!";

	if (strncmp(buf_str(text), script, strlen(script)) &&
	    strncmp(buf_str(text), elf, strlen(elf)))
		return false;
	return access(path, X_OK) == 0;
}

static int
run(const char *path, struct buf *out, struct fault *f)
{
	const char *argv[] = {path, NULL};
	struct deadline d =
	    deadline_in(RUN_SECONDS * 1000, "the group's program", NULL);
	int status;

	buf_clear(out);
	if (spawn_capture(argv, out, &d, &status, f))
		return -1;
	if (status > 128)
		return fault_set(f, FAULT_SYSTEM, 0,
		    "the group's program was killed by signal %d",
		    status - 128);
	if (status)
		return fault_set(f, FAULT_SYSTEM, 0,
		    "the group's program failed: exit status %d", status);
	return 0;
}

int
groups_read(const char *name, struct buf *text, char **path, struct fault *f)
{
	char *dirs = directories();
	int fd = -1, ret = 0;

	*path = find(dirs, name, &fd, f);
	mem_free(dirs);
	if (!*path)
		return -1;
	if (fdio_read_all(fd, text))
		ret = fault_set(f, FAULT_SYSTEM, errno, "%s", *path);
	else if (is_program(*path, text) && run(*path, text, f))
		ret = fault_prefix(f, "%s", *path);
	close(fd);
	if (ret) {
		mem_free(*path);
		*path = NULL;
	}
	return ret;
}
