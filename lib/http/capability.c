#include "http/capability.h"

#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/capability.h, which a C library need not bring: version 3 */
enum { VERSION_3 = 0x20080522 };

struct header {
	uint32_t version;
	int pid;
};

struct sets {
	uint32_t effective;
	uint32_t permitted;
	uint32_t inheritable;
};

int
capability_keep(void)
{
	return prctl(PR_SET_KEEPCAPS, 1UL, 0, 0, 0);
}

int
capability_only(uint32_t set)
{
	struct header header = {.version = VERSION_3};
	struct sets sets[2] = {{0}};

	if (syscall(SYS_capget, &header, sets))
		return -1;
	if (!(sets[0].permitted & ~set) && !sets[1].permitted)
		return 0;
	sets[0].permitted &= set;
	sets[0].effective = sets[0].permitted;
	sets[0].inheritable = 0;
	sets[1] = (struct sets){0};
	return syscall(SYS_capset, &header, sets) ? -1 : 0;
}
