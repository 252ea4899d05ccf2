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

int
tempfile_open(void)
{
	const char *directory = getenv("TMPDIR");
	int fd;

	if (directory && *directory)
		return open_in(directory);
	fd = open_in("/var/tmp");
	return fd < 0 ? open_in("/tmp") : fd;
}
