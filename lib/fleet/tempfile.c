#include "fleet/tempfile.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

static int
open_in(const char *directory)
{
	char *path = mem_printf("%s/fab.XXXXXX", directory);
	int fd = mkostemp(path, O_CLOEXEC);

	if (fd >= 0)
		unlink(path);
	mem_free(path);
	return fd;
}

const char *
tempfile_directory(void)
{
	const char *directory = getenv("TMPDIR");

	return directory && *directory ? directory : "/var/tmp";
}

int
tempfile_open(void)
{
	const char *directory = getenv("TMPDIR");
	int fd = open_in(tempfile_directory());

	return fd < 0 && !directory ? open_in("/tmp") : fd;
}
