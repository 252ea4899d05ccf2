#include "http/capability.h"

#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/capability.h, which a C library need not bring: version 3 */
enum { VERSION_3 = 0x20080522, CAPABILITY_KILL = 5 };

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

static int
keep_mask(uint32_t mask)
{
	struct header header = {.version = VERSION_3};
	struct sets sets[2] = {{0}};

	if (syscall(SYS_capget, &header, sets))
		return -1;
	sets[0].permitted &= mask;
	sets[0].effective = sets[0].permitted;
	sets[0].inheritable = 0;
	sets[1] = (struct sets){0};
	return syscall(SYS_capset, &header, sets) ? -1 : 0;
}

int
capability_only_kill(void)
{
	return keep_mask(1U << CAPABILITY_KILL);
}

int
capability_none(void)
{
	return keep_mask(0);
}
