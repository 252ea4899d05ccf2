/* Each test confines a child of its own, which says what it could still do. */
#include <criterion/criterion.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http/landlock.h"
#include "http/seccomp.h"

enum {
	NOT_HERE = 77 /* the kernel has it not */
};

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) ||           \
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
static const bool sanitized = true;
#else
static const bool sanitized = false;
#endif

/* 0, or the number of the check that failed. */
static int
in_child(int (*body)(void))
{
	int status;
	pid_t pid;

	if (sanitized)
		cr_skip("sanitizers do not work within a sandbox");
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		_exit(body());
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFEXITED(status), "ended by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) == NOT_HERE)
		cr_skip("not offered by this kernel");
	return WEXITSTATUS(status);
}

static int landlock_tried; /* the version */

static int
landlock_body(void)
{
	char dir[] = "/tmp/landlock.XXXXXX";
	int root;

	if (!mkdtemp(dir))
		return 1;
	root = open(dir, O_PATH | O_DIRECTORY);
	close(openat(root, "inside", O_WRONLY | O_CREAT, 0600));
	if (landlock_restrict(landlock_tried, &root, 1) != 1)
		return 9;
	if (openat(root, "inside", O_RDONLY) < 0)
		return 2;
	if (openat(root, ".", O_RDONLY | O_DIRECTORY) < 0)
		return 3;
	if (openat(root, "inside", O_WRONLY) >= 0 || errno != EACCES)
		return 4;
	if (openat(root, "new", O_WRONLY | O_CREAT, 0600) >= 0)
		return 5;
	if (open("/etc/passwd", O_RDONLY) >= 0 || errno != EACCES)
		return 6;
	if (unlinkat(root, "inside", 0) == 0)
		return 7;
	if (execl("/bin/true", "true", (char *)NULL) == 0 || errno != EACCES)
		return 8;
	return 0;
}

Test(sandbox, landlock_leaves_reading_beneath_the_root_alone)
{
	if (!landlock_version())
		cr_skip("this kernel has no Landlock");
	for (landlock_tried = 1; landlock_tried <= landlock_version();
	     landlock_tried++)
		cr_assert_eq(in_child(landlock_body), 0, "as version %d",
		    landlock_tried);
}

static int
connecting_body(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = 1};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int root = open("/", O_PATH | O_DIRECTORY);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (landlock_restrict(landlock_version(), &root, 1) != 1)
		return 1;
	if (connect(fd, (struct sockaddr *)&in, sizeof(in)) == 0)
		return 2;
	return errno == EACCES ? 0 : 3;
}

Test(sandbox, landlock_connects_nowhere_where_it_knows_of_connections)
{
	if (landlock_version() < 4)
		cr_skip("this kernel's Landlock knows files alone");
	cr_assert_eq(in_child(connecting_body), 0);
}

static int
serving_body(void)
{
	struct sockaddr any = {.sa_family = AF_INET};
	struct stat st;
	int root = open("/tmp", O_PATH | O_DIRECTORY), fds[2];
	void *page;

	if (pipe(fds) || seccomp_serving() != 1)
		return NOT_HERE;
	if (write(fds[1], "x", 1) != 1)
		return 1;
	if (fstatat(root, ".", &st, 0))
		return 2;
	if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM)
		return 3;
	if (fork() >= 0)
		return 4;
	if (execl("/bin/true", "true", (char *)NULL) == 0 || errno != EPERM)
		return 5;
	if (kill(getppid(), 0) == 0 || errno != EPERM)
		return 6;
	page = mmap(NULL, 4096, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page != MAP_FAILED)
		return 7;
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED || mprotect(page, 4096, PROT_EXEC) == 0)
		return 8;
	if (unlinkat(root, "nothing", 0) == 0 || errno != EPERM)
		return 9;
	if (bind(0, &any, sizeof(any)) == 0 || errno != EPERM)
		return 10;
	return 0;
}

Test(sandbox, a_serving_thread_can_connect_execute_and_signal_nothing)
{
	cr_assert_eq(in_child(serving_body), 0);
}

#if defined(__x86_64__) && !defined(__ILP32__)
/* getpid, as programs of 32 bits call it. */
static void
call_as_32_bits(void)
{
	long number = 20;

	__asm__ volatile("int $0x80" : "+a"(number) : : "memory");
}
#else
static void
call_as_32_bits(void)
{
	kill(getpid(), SIGSEGV);
}
#endif

/* The signal that ends a process which calls so, confined or not; 0: none. */
static int
ended_by(bool confined)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (confined && seccomp_serving() != 1)
			_exit(0);
		call_as_32_bits();
		_exit(0);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

Test(sandbox, a_call_of_another_architecture_is_the_end)
{
	if (sanitized || ended_by(false))
		cr_skip("this kernel knows one architecture");
	cr_assert_eq(ended_by(true), SIGSYS);
}

static int
waiting_body(void)
{
	pid_t child = fork();

	if (child == 0) {
		pause();
		_exit(0);
	}
	if (seccomp_waiting(child) != 1) {
		kill(child, SIGKILL);
		return NOT_HERE;
	}
	if (kill(getppid(), 0) == 0 || errno != EPERM)
		return 1;
	if (open("/etc/passwd", O_RDONLY) >= 0 || errno != EPERM)
		return 2;
	if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM)
		return 3;
	if (kill(child, SIGKILL))
		return 4;
	if (waitpid(child, NULL, 0) != child)
		return 5;
	if (kill(getpid(), 0) == 0)
		return 6;
	return 0;
}

Test(sandbox, the_main_thread_can_signal_the_command_alone)
{
	cr_assert_eq(in_child(waiting_body), 0);
}
