/*
 * A host for tests: accepts connections on a free port of 127.0.0.1 and
 * starts a program for each, as inetd does, in namespaces of its own.
 *
 *     netns-inetd [-m] [-n NAME] [-s SETUP -r ROOT] PROGRAM [ARG...]
 *
 * The socket is made first, in our caller's network. What serves it then
 * lives in a network that holds nothing but its own loopback, so the host is
 * reached by that one socket and reaches nothing. It also gets a process
 * namespace, whose end is the end of every process in it, and a private
 * mount namespace, in which SETUP (called with ROOT) may build a root
 * directory. An ordinary user gets all this from a user namespace in which
 * he is himself; without one, the host is only a process group to end.
 *
 * "PORT PID ISOLATED" is written to standard output when the host is ready:
 * PID is the first process on the host, ISOLATED is 1 or 0. The host ends
 * with its parent and by SIGTERM.
 *
 * -m: the host is this very machine, no network of its own. -n: its name.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

struct host {
	bool this_machine;
	const char *name;
	const char *setup;
	const char *root;
	char **program;
	int listener;
	sigset_t signals; /* the mask that programs start with */
};

static void
die(const char *what)
{
	fprintf(stderr, "netns-inetd: %s: %s\n", what, strerror(errno));
	exit(125);
}

static int
listen_on_loopback(unsigned *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 ||
	    listen(fd, 128) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		die("listen");
	*port = ntohs(address.sin_port);
	return fd;
}

static void
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

/* Makes this user, and this group, the only ones of the new namespace. */
static void
map_self(unsigned uid, unsigned gid)
{
	char line[64];

	write_file("/proc/self/setgroups", "deny");
	snprintf(line, sizeof(line), "%u %u 1\n", uid, uid);
	write_file("/proc/self/uid_map", line);
	snprintf(line, sizeof(line), "%u %u 1\n", gid, gid);
	write_file("/proc/self/gid_map", line);
}

/*
 * A network device of a new namespace is down; ours is brought up while we
 * still have the capabilities that came with the namespace.
 */
static void
bring_loopback_up(void)
{
	struct ifreq request = {.ifr_flags = IFF_UP};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strcpy(request.ifr_name, "lo"); /* NOLINT: fits */
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		die("loopback");
	close(fd);
}

/* Returns whether namespaces could be had. */
static bool
enter_namespaces(const struct host *host)
{
	unsigned uid = getuid(), gid = getgid();
	int flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC;

	if (!host->this_machine)
		flags |= CLONE_NEWNET | CLONE_NEWUTS;
	if (uid != 0)
		flags |= CLONE_NEWUSER;
	if (unshare(flags) < 0)
		return false;
	if (uid != 0)
		map_self(uid, gid);
	if (!host->this_machine) {
		bring_loopback_up();
		if (host->name && sethostname(host->name, strlen(host->name)))
			die("sethostname");
	}
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		die("private mounts");
	return true;
}

static void
build_root(const struct host *host)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execl(host->setup, host->setup, host->root, (char *)NULL);
		die(host->setup);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0)
		die("setup");
	if (chdir(host->root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		die("pivot_root");
}

/* The first process of the host. It reaps by ignoring SIGCHLD. */
static void
serve(const struct host *host)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd = accept(host->listener, NULL, NULL);

		if (fd < 0)
			continue;
		if (fork() == 0) {
			signal(SIGCHLD, SIG_DFL);
			dup2(fd, 0);
			dup2(fd, 1);
			close(fd);
			execv(host->program[0], host->program);
			die(host->program[0]);
		}
		close(fd);
	}
}

static pid_t
start(const struct host *host, bool isolated)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe(ready) < 0)
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		sigprocmask(SIG_SETMASK, &host->signals, NULL);
		close(ready[0]);
		dup2(2, 1);
		/* Refused where /proc is masked; ours then serves as well. */
		if (isolated)
			(void)!mount("proc", "/proc", "proc", 0, NULL);
		if (host->root)
			build_root(host);
		if (write(ready[1], "", 1) < 0)
			die("ready");
		close(ready[1]);
		serve(host);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		exit(125);
	close(ready[0]);
	close(host->listener);
	return pid;
}

/* Ends our children, and theirs, which become ours as their parents end. */
static void
end_children(void)
{
	char path[64], line[4096];
	FILE *f;
	long pid;

	snprintf(
	    path, sizeof(path), "/proc/self/task/%ld/children", (long)getpid());
	do {
		line[0] = '\0';
		f = fopen(path, "re");
		if (f) {
			if (!fgets(line, sizeof(line), f))
				line[0] = '\0';
			fclose(f);
		}
		for (char *at = line; (pid = strtol(at, &at, 10)) > 0;)
			kill((pid_t)pid, SIGKILL);
	} while (waitpid(-1, NULL, 0) > 0);
}

/* Returns when the host's first process has ended or we shall end it. */
static void
wait_for_end(pid_t first, const sigset_t *signals)
{
	for (;;) {
		int number = sigwaitinfo(signals, NULL);
		pid_t pid;

		if (number != SIGCHLD && number > 0)
			return;
		while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
			if (pid == first)
				return;
	}
}

static void
parse(struct host *host, int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "+mn:s:r:")) != -1) {
		if (c == 'm')
			host->this_machine = true;
		else if (c == 'n')
			host->name = optarg;
		else if (c == 's')
			host->setup = optarg;
		else if (c == 'r')
			host->root = optarg;
		else
			exit(125);
	}
	host->program = argv + optind;
	if (!host->program[0] || !host->setup != !host->root) {
		fprintf(stderr,
		    "usage: netns-inetd [-m] [-n NAME] "
		    "[-s SETUP -r ROOT] PROGRAM [ARG...]\n");
		exit(125);
	}
}

int
main(int argc, char *argv[])
{
	struct host host = {0};
	pid_t parent = getppid(), first;
	unsigned port;
	bool isolated;
	sigset_t ends;

	parse(&host, argc, argv);
	host.listener = listen_on_loopback(&port);
	isolated = enter_namespaces(&host);
	if (!isolated && host.root)
		die("namespaces");

	/* Both were cleared by the new user namespace. */
	prctl(PR_SET_DUMPABLE, 1);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (getppid() != parent)
		return 125;
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGHUP);
	sigaddset(&ends, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ends, &host.signals);

	first = start(&host, isolated);
	printf("%u %ld %d\n", port, (long)first, isolated);
	fclose(stdout);
	wait_for_end(first, &ends);
	kill(first, SIGKILL);
	end_children();
	return 0;
}
