/*
 * httpd-scope with a bug: linked with --wrap=answer_request, so that a request
 * for /hook runs, in the thread that serves it, whatever an intruder there
 * would try, and answers with what came of it, one line a try: "connect:
 * refused", "connect: done", or another error.
 *
 * The environment says what there is to reach: HOOK_FILE, a file outside of
 * what is served; HOOK_PORT, where a stranger listens; HOOK_SOCKET, likewise
 * of AF_UNIX; HOOK_PID, a process that wants no signal.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http/answer.h"

enum { FILES = 64 };

void __real_answer_request(struct responder *s, const struct request *r,
    int refuse, struct buf *out, struct answer *a);
void __wrap_answer_request(struct responder *s, const struct request *r,
    int refuse, struct buf *out, struct answer *a);

static int
wish(const char *name)
{
	const char *text = getenv(name);

	return text ? (int)strtol(text, NULL, 10) : 0;
}

static pid_t
victim(void)
{
	return wish("HOOK_PID");
}

static struct sockaddr_in
stranger(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET};

	in.sin_port = htons((uint16_t)wish("HOOK_PORT"));
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return in;
}

static int
open_outside(struct responder *s)
{
	(void)s;
	return open(getenv("HOOK_FILE"), O_RDONLY);
}

static int
open_above(struct responder *s)
{
	char path[512];

	snprintf(
	    path, sizeof(path), "../%s", strrchr(getenv("HOOK_FILE"), '/') + 1);
	return openat(s->site->mounts[0].root.fd, path, O_RDONLY);
}

static int
open_to_write(struct responder *s)
{
	return openat(s->site->mounts[0].root.fd, "a.txt", O_WRONLY);
}

static int
create(struct responder *s)
{
	return openat(
	    s->site->mounts[0].root.fd, "new", O_RDWR | O_CREAT, 0600);
}

static int
remove_file(struct responder *s)
{
	return unlinkat(s->site->mounts[0].root.fd, "b.txt", 0);
}

static int
open_memory(struct responder *s)
{
	(void)s;
	return open("/proc/self/mem", O_RDWR);
}

static int
connect_tcp(struct responder *s)
{
	struct sockaddr_in in = stranger();
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)s;
	return fd < 0 ? -1 : connect(fd, (struct sockaddr *)&in, sizeof(in));
}

/* A listening socket is shut down, and connected by its first bytes. */
static int
connect_by_sending(struct responder *s)
{
	struct sockaddr_in in = stranger();
	int fd;

	(void)s;
	for (fd = 3; fd < FILES; fd++) {
		if (accept4(fd, NULL, NULL, SOCK_NONBLOCK) >= 0 ||
		    errno != EAGAIN)
			continue;
		if (wish("HOOK_LAST"))
			shutdown(fd, SHUT_RD);
		return (int)sendto(fd, "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL,
		    (struct sockaddr *)&in, sizeof(in));
	}
	return 0;
}

static int
connect_unix(struct responder *s)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)s;
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", getenv("HOOK_SOCKET"));
	return fd < 0 ? -1 : connect(fd, (struct sockaddr *)&un, sizeof(un));
}

static int
start_process(struct responder *s)
{
	pid_t pid = fork();

	(void)s;
	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return pid;
}

static void *
nothing(void *arg)
{
	return arg;
}

static int
start_thread(struct responder *s)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, nothing, NULL);

	(void)s;
	if (!error)
		pthread_join(thread, NULL);
	errno = error;
	return error ? -1 : 0;
}

/* Without a sandbox this would end us: what cannot be started stands for all
 * that can. */
static int
execute(struct responder *s)
{
	char *argv[] = {NULL};

	(void)s;
	execve("/nonexistent", argv, argv);
	return errno == ENOENT ? 0 : -1;
}

static int
signal_by_kill(struct responder *s)
{
	(void)s;
	return kill(victim(), SIGURG);
}

static int
signal_by_thread(struct responder *s)
{
	(void)s;
	return (int)syscall(SYS_tgkill, victim(), victim(), SIGURG);
}

static int
signal_by_descriptor(struct responder *s)
{
	int fd = (int)syscall(SYS_pidfd_open, victim(), 0);

	(void)s;
	return fd < 0
	    ? -1
	    : (int)syscall(SYS_pidfd_send_signal, fd, SIGURG, NULL, 0);
}

/* A pipe that tells its owner, whom we name, when there is something. */
static int
signal_by_owner(struct responder *s)
{
	(void)s;
	return fcntl(STDIN_FILENO, F_SETOWN, victim());
}

static int
trace(struct responder *s)
{
	(void)s;
	return ptrace(PTRACE_SEIZE, victim(), NULL, NULL) ? -1 : 0;
}

static int
become_root(struct responder *s)
{
	(void)s;
	return setresuid(0, 0, 0);
}

static int
run_bytes(struct responder *s)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)s;
	return page == MAP_FAILED ? -1 : 0;
}

static int
leave_namespace(struct responder *s)
{
	(void)s;
	return unshare(CLONE_NEWUSER);
}

static int
ask_io_uring(struct responder *s)
{
	char parameters[120] = {0};

	(void)s;
	return (int)syscall(SYS_io_uring_setup, 4, parameters);
}

static const struct {
	const char *name;
	int (*attempt)(struct responder *s);
} attempts[] = {
    {"open", open_outside},
    {"open-above", open_above},
    {"open-to-write", open_to_write},
    {"create", create},
    {"remove", remove_file},
    {"open-memory", open_memory},
    {"connect", connect_tcp},
    {"connect-unix", connect_unix},
    {"fork", start_process},
    {"thread", start_thread},
    {"execute", execute},
    {"kill", signal_by_kill},
    {"tgkill", signal_by_thread},
    {"pidfd", signal_by_descriptor},
    {"owner", signal_by_owner},
    {"trace", trace},
    {"setuid", become_root},
    {"run-bytes", run_bytes},
    {"io_uring", ask_io_uring},
    {"connect-by-sending", connect_by_sending},
    /* last, for without a sandbox it changes who we are */
    {"unshare", leave_namespace},
};

static const char *
outcome(int ret)
{
	if (ret >= 0 || errno == EINPROGRESS)
		return "done";
	return errno == EPERM || errno == EACCES ? "refused" : strerror(errno);
}

void
__wrap_answer_request(struct responder *s, const struct request *r, int refuse,
    struct buf *out, struct answer *a)
{
	struct buf text;
	size_t i;

	if (refuse || !view_is(r->target, "/hook")) {
		__real_answer_request(s, r, refuse, out, a);
		return;
	}
	buf_init(&text, 65536);
	for (i = 0; i < sizeof(attempts) / sizeof(*attempts); i++) {
		errno = 0;
		buf_printf(&text, "%s: %s\n", attempts[i].name,
		    outcome(attempts[i].attempt(s)));
	}
	buf_printf(out, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s",
	    text.len, buf_str(&text));
	buf_release(&text);
	a->status = 200;
	a->body = NULL;
	a->bytes = 0;
}
