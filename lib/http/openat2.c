#include "http/openat2.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

/* linux/openat2.h, which a C library need not bring */
struct how {
	uint64_t flags;
	uint64_t mode;
	uint64_t resolve;
};

enum {
	NO_MAGICLINKS = 0x02,
	BENEATH = 0x08,
	TRIES = 32 /* while somebody renames directories */
};

int
openat2_beneath(int root, const char *path, int flags)
{
	struct how how = {
	    .flags = (uint64_t)flags,
	    .resolve = NO_MAGICLINKS | BENEATH,
	};
	int i, fd = -1;

	for (i = 0; i < TRIES; i++) {
		fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return fd;
}

bool
openat2_works(int root)
{
	int fd = openat2_beneath(root, ".", O_PATH | O_CLOEXEC);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}
