#include "ssh/proxycommand.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "base/spawn.h"

enum { PROXY_END_MS = 1000 };

int
proxycommand_start(const struct settings *s, pid_t *pid, struct fault *f)
{
	static const char ignore[] = "trap '' HUP INT QUIT; exec \"$@\"";
	const char *shell = getenv("SHELL");
	char *command = settings_proxy_command(s, f);
	const char *const argv[] = {"sh", "-c", ignore, "sh",
	    shell && *shell ? shell : "/bin/sh", "-c", command, NULL};
	int ends[2], fds[3], ret;

	if (!command)
		return -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
		mem_free(command);
		return fault_set(f, FAULT_SYSTEM, errno, "socketpair");
	}
	fds[0] = fds[1] = ends[1];
	fds[2] = STDERR_FILENO;
	ret = spawn_start(pid, argv, fds, f);
	fdio_close(ends[1]);
	mem_free(command);
	if (!ret)
		return ends[0];
	f->class = FAULT_CONNECT;
	fault_prefix(f, "ProxyCommand");
	return fdio_close(ends[0]);
}

int
proxycommand_end(pid_t pid)
{
	struct deadline d = deadline_in(PROXY_END_MS, "ProxyCommand", NULL);
	struct fault ignored;
	int status;

	/* at its end of file it may end by itself, and say how */
	if (!spawn_wait(pid, &d, &status, &ignored))
		return status;
	return -1;
}
