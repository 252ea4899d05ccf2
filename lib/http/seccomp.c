#include "http/seccomp.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/filter.h, linux/seccomp.h and linux/audit.h, which a C library need
 * not bring */
struct instruction {
	uint16_t code;
	uint8_t yes, no; /* instructions to skip */
	uint32_t value;
};

struct program {
	unsigned short len;
	struct instruction *code;
};

enum {
	LOAD = 0x20, /* BPF_LD | BPF_W | BPF_ABS */
	JUMP_EQUAL = 0x15, /* BPF_JMP | BPF_JEQ | BPF_K */
	JUMP_SET = 0x45, /* BPF_JMP | BPF_JSET | BPF_K */
	RETURN = 0x06, /* BPF_RET | BPF_K */
	MODE_FILTER = 2,
	AT_NUMBER = 0, /* offsets in struct seccomp_data */
	AT_ARCH = 4,
	AT_ARGUMENT = 16, /* low half, little-endian; 8 bytes each */
	FILTER_MAX = 256
};

static const uint32_t verdict_allow = 0x7fff0000U;
static const uint32_t verdict_kill = 0x80000000U;
static const uint32_t verdict_refuse = 0x00050000U | EPERM;

#if defined(__x86_64__) && !defined(__ILP32__)
static const uint32_t architecture = 0xc000003eU;
#elif defined(__aarch64__) && defined(__AARCH64EL__)
static const uint32_t architecture = 0xc00000b7U;
#else
static const uint32_t architecture = 0; /* no filter */
#endif

/* What the C libraries call for memory, threads, time and the end. */
static const int for_everybody[] = {
    SYS_read,
    SYS_write,
    SYS_writev,
    SYS_close,
    SYS_futex,
    SYS_brk,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_clock_gettime,
    SYS_gettimeofday,
    SYS_rt_sigreturn,
    SYS_rt_sigprocmask,
    SYS_restart_syscall,
    SYS_sched_yield,
    SYS_getrandom,
    SYS_getpid,
    SYS_gettid,
    SYS_exit,
    SYS_exit_group,
};

static const int for_serving[] = {
#ifdef SYS_epoll_wait
    SYS_epoll_wait,
#endif
    SYS_epoll_pwait,
    SYS_epoll_ctl,
    SYS_accept4,
    SYS_recvfrom,
    SYS_sendfile,
    SYS_shutdown,
    SYS_setsockopt,
    SYS_pread64,
    SYS_openat,
    SYS_openat2,
    SYS_readlinkat,
    SYS_newfstatat,
    SYS_fstat,
    SYS_statx,
    SYS_getdents64,
    SYS_lseek,
    SYS_fstatfs,
    SYS_inotify_init1,
    SYS_inotify_add_watch,
    SYS_inotify_rm_watch,
};

static const int for_waiting[] = {
#ifdef SYS_poll
    SYS_poll,
#endif
    SYS_ppoll,
    SYS_wait4,
    SYS_waitid,
    SYS_rt_sigaction,
#ifdef SYS_getpgrp
    SYS_getpgrp,
#endif
    SYS_getpgid,
    SYS_prlimit64,
#ifdef SYS_setrlimit
    SYS_setrlimit,
#endif
};

struct filter {
	struct instruction code[FILTER_MAX];
	unsigned short n;
};

static void
add(struct filter *f, int code, uint32_t value, int yes, int no)
{
	assert(f->n < FILTER_MAX);
	f->code[f->n++] = (struct instruction){
	    (uint16_t)code, (uint8_t)yes, (uint8_t)no, value};
}

static void
allow(struct filter *f, const int *calls, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		add(f, JUMP_EQUAL, (uint32_t)calls[i], 0, 1);
		add(f, RETURN, verdict_allow, 0, 0);
	}
}

/* What follows looks at an argument and, where that does not allow the call,
 * at the number again: a call may be allowed in several ways. */
enum { LENGTH = 5 };

static void
allow_if(struct filter *f, int call, int argument, int jump, uint32_t value)
{
	const bool wanted = jump == JUMP_EQUAL;

	add(f, JUMP_EQUAL, (uint32_t)call, 0, LENGTH - 1);
	add(f, LOAD, (uint32_t)(AT_ARGUMENT + 8 * argument), 0, 0);
	add(f, jump, value, !wanted, wanted);
	add(f, RETURN, verdict_allow, 0, 0);
	add(f, LOAD, AT_NUMBER, 0, 0);
}

/* The call is allowed where none of the bits is set in its argument. */
static void
allow_without(struct filter *f, int call, int argument, uint32_t bits)
{
	allow_if(f, call, argument, JUMP_SET, bits);
}

/* The call is allowed where this argument has the value. */
static void
allow_with(struct filter *f, int call, int argument, uint32_t value)
{
	allow_if(f, call, argument, JUMP_EQUAL, value);
}

/* To whom the socket is connected already alone: an address would connect it,
 * with MSG_FASTOPEN, or lead a datagram anywhere. */
static void
allow_send(struct filter *f)
{
	enum { ADDRESS = AT_ARGUMENT + 8 * 4 };

	add(f, JUMP_EQUAL, (uint32_t)SYS_sendto, 0, 6);
	add(f, LOAD, ADDRESS, 0, 0);
	add(f, JUMP_EQUAL, 0, 0, 3);
	add(f, LOAD, ADDRESS + 4, 0, 0);
	add(f, JUMP_EQUAL, 0, 0, 1);
	add(f, RETURN, verdict_allow, 0, 0);
	add(f, LOAD, AT_NUMBER, 0, 0);
}

static void
begin(struct filter *f)
{
	f->n = 0;
	add(f, LOAD, AT_ARCH, 0, 0);
	add(f, JUMP_EQUAL, architecture, 1, 0);
	add(f, RETURN, verdict_kill, 0, 0);
	add(f, LOAD, AT_NUMBER, 0, 0);
	allow(f, for_everybody, sizeof(for_everybody) / sizeof(*for_everybody));
	allow_without(f, SYS_mmap, 2, PROT_EXEC);
	allow_without(f, SYS_mprotect, 2, PROT_EXEC);
	allow_send(f);
}

static int
install(struct filter *f)
{
	struct program program = {.len = f->n, .code = f->code};

	add(f, RETURN, verdict_refuse, 0, 0);
	program.len = f->n;
	if (!prctl(PR_SET_SECCOMP, (unsigned long)MODE_FILTER, &program, 0, 0))
		return 1;
	return errno == EINVAL || errno == ENOSYS ? 0 : -1;
}

int
seccomp_serving(void)
{
	struct filter f;

	if (!architecture)
		return 0;
	begin(&f);
	allow(&f, for_serving, sizeof(for_serving) / sizeof(*for_serving));
	/* as fdopendir(3) calls it; F_SETOWN and F_SETSIG would send signals */
	allow_with(&f, SYS_fcntl, 1, F_GETFL);
	allow_with(&f, SYS_fcntl, 1, F_SETFD);
	return install(&f);
}

int
seccomp_waiting(pid_t command)
{
	struct filter f;

	if (!architecture)
		return 0;
	begin(&f);
	allow(&f, for_waiting, sizeof(for_waiting) / sizeof(*for_waiting));
	if (command)
		allow_with(&f, SYS_kill, 0, (uint32_t)command);
	allow_with(&f, SYS_tgkill, 0, (uint32_t)getpid());
	allow_with(&f, SYS_tkill, 0, (uint32_t)syscall(SYS_gettid));
	allow_with(&f, SYS_ioctl, 1, (uint32_t)TIOCGPGRP);
	allow_with(&f, SYS_prctl, 0, (uint32_t)PR_SET_DUMPABLE);
	return install(&f);
}
