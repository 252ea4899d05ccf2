/*
 * Runs a command on a kernel that lacks something: system calls fail as they
 * would there, by a filter that the command inherits.
 *
 *	without NAME[:EPERM][,NAME[:EPERM]]... COMMAND [ARG...]
 *
 * Names: see the table below. The error is that of a kernel which has it not;
 * a container that forbids a call is :EPERM.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CODE_MAX = 64 };

static const struct {
	const char *name;
	long call;
	long option; /* its first argument; 0: any */
	int error;
} names[] = {
    {"openat2", SYS_openat2, 0, ENOSYS},
    {"landlock", SYS_landlock_create_ruleset, 0, ENOSYS},
    {"close_range", SYS_close_range, 0, ENOSYS},
    {"getrandom", SYS_getrandom, 0, ENOSYS},
    {"statx", SYS_statx, 0, ENOSYS},
    {"seccomp", SYS_prctl, PR_SET_SECCOMP, EINVAL},
    {"no_new_privs", SYS_prctl, PR_SET_NO_NEW_PRIVS, EINVAL},
};

static struct sock_filter code[CODE_MAX];
static unsigned short used;

static void
add(struct sock_filter instruction)
{
	if (used == CODE_MAX)
		exit(125);
	code[used++] = instruction;
}

static void
forbid(long call, long option, int error)
{
	add((struct sock_filter)BPF_STMT(
	    BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
	add((struct sock_filter)BPF_JUMP(
	    BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, option ? 3 : 1));
	if (option) {
		add((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, args[0])));
		add((struct sock_filter)BPF_JUMP(
		    BPF_JMP | BPF_JEQ | BPF_K, (unsigned)option, 0, 1));
	}
	add((struct sock_filter)BPF_STMT(
	    BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error));
}

static void
forbid_name(char *word)
{
	char *colon = strchr(word, ':');
	size_t i;

	if (colon)
		*colon++ = '\0';
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(names[i].name, word))
			continue;
		forbid(names[i].call, names[i].option,
		    colon ? EPERM : names[i].error);
		return;
	}
	fprintf(stderr, "without: what is %s?\n", word);
	exit(125);
}

int
main(int argc, char **argv)
{
	struct sock_fprog program = {.filter = code};
	char *word;

	if (argc < 3)
		return 125;
	for (word = strtok(argv[1], ","); word; word = strtok(NULL, ","))
		forbid_name(word);
	add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
	program.len = used;
	/* root may do without it, and COMMAND shall not have it */
	if ((geteuid() && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		perror("without");
		return 125;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
