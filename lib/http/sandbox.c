#include "http/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/fdio.h"
#include "http/capability.h"
#include "http/landlock.h"
#include "http/seccomp.h"

/* Sanitizers read and write files of their own at the end. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif
#ifdef SANITIZED
static const bool confines = false;
#else
static const bool confines = true;
#endif

/* What is in force, for the report; of Landlock the version. */
static int landlock_in_force;
static int no_new_privileges;
static atomic_int seccomp_in_force;

/* What may be read: the site, or, where links may leave it, everything. */
static int
restrict_files(const struct site *site, int version)
{
	int directories[SITE_MOUNTS_MAX], root, ret;

	if (site->follow) {
		root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
		ret = root < 0 ? -1 : landlock_restrict(version, &root, 1);
		fdio_close(root);
		return ret;
	}
	return landlock_restrict(
	    version, directories, site_descriptors(site, directories));
}

int
sandbox_process(const struct site *site, struct fault *f)
{
	struct rlimit none = {0, 0};
	int version = landlock_version(), ret;

	setrlimit(RLIMIT_CORE, &none);
	no_new_privileges = !prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0, 0, 0);
	if (!no_new_privileges || !confines)
		return 0;
	ret = restrict_files(site, version);
	if (ret < 0 && errno != ENOSYS && errno != EOPNOTSUPP && errno != EPERM)
		return fault_set(f, FAULT_SYSTEM, errno, "Landlock");
	landlock_in_force = ret > 0 ? version : 0;
	return 0;
}

static int
remember(int ret)
{
	if (ret > 0)
		atomic_store(&seccomp_in_force, 1);
	/* a container may forbid what the kernel has */
	return ret < 0 && errno != EPERM && errno != EACCES;
}

int
sandbox_serving_thread(void)
{
	if (capability_only(geteuid() ? 0 : CAPABILITY_READ))
		return -1;
	return no_new_privileges && confines ? remember(seccomp_serving()) : 0;
}

int
sandbox_main_thread(pid_t command)
{
	return no_new_privileges && confines
	    ? remember(seccomp_waiting(command))
	    : 0;
}

void
sandbox_describe(struct buf *to)
{
	if (landlock_in_force)
		buf_printf(to, "Landlock %d (files%s%s), ", landlock_in_force,
		    landlock_in_force >= 4 ? ", TCP" : "",
		    landlock_in_force >= 6 ? ", abstract sockets" : "");
	if (atomic_load(&seccomp_in_force))
		buf_puts(to, "seccomp, ");
	buf_puts(to,
	    no_new_privileges ? "no new privileges" : "nothing of the kernel");
}
