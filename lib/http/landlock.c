#include "http/landlock.h"

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fdio.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

/* linux/landlock.h, which a C library need not bring */
struct ruleset {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

struct beneath_rule {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

enum {
	GET_VERSION = 1,
	RULE_BENEATH = 1,
	READ_FILE = 1 << 2,
	READ_DIR = 1 << 3,
	BIND_TCP = 1 << 0,
	CONNECT_TCP = 1 << 1,
	ABSTRACT_SOCKETS = 1 << 0
};

int
landlock_version(void)
{
	long version =
	    syscall(SYS_landlock_create_ruleset, NULL, 0, GET_VERSION);

	return version > 0 ? (int)version : 0;
}

/* How many kinds of access each version knows. */
static uint64_t
known_access(int version)
{
	int bits = version >= 5 ? 16 : version >= 3 ? 15 : version + 12;

	return (1U << bits) - 1;
}

static int
create(int version)
{
	/* signals are not scoped: they would not reach the command, nor would
	 * the one that it gets at our death */
	struct ruleset rules = {
	    .fs = known_access(version),
	    .net = BIND_TCP | CONNECT_TCP,
	    .scoped = ABSTRACT_SOCKETS,
	};
	size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;

	return (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
}

int
landlock_restrict(int version, const int *directories, size_t n)
{
	int rules, ret = 0;
	size_t i;

	if (version == 0)
		return 0;
	rules = create(version);
	if (rules < 0)
		return -1;
	for (i = 0; i < n && !ret; i++) {
		struct beneath_rule rule = {
		    READ_FILE | READ_DIR, directories[i]};

		ret = (int)syscall(
		    SYS_landlock_add_rule, rules, RULE_BENEATH, &rule, 0);
	}
	if (!ret)
		ret = (int)syscall(SYS_landlock_restrict_self, rules, 0);
	fdio_close(rules);
	return ret ? -1 : 1;
}
