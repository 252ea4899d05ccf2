/*
 * This machine and this user, as configuration asks for them.
 */
#include "hosts/sshconfig.h"

#include <errno.h>
#include <pthread.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/spawn.h"

enum {
	EXEC_SECONDS = 60,
	PASSWD_MAX = 1 << 20 /* bytes of one entry */
};

static struct sshconfig_env env;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* One field of a user's entry, NULL being ourselves; the caller's. */
static char *
passwd_field(const char *user, bool wants_name)
{
	struct passwd entry, *found = NULL;
	size_t n = 4096;
	char *buffer = NULL, *field = NULL;
	int error;

	do {
		n *= 2;
		buffer = mem_realloc(buffer, n);
		error = user ? getpwnam_r(user, &entry, buffer, n, &found)
			     : getpwuid_r(getuid(), &entry, buffer, n, &found);
	} while (error == ERANGE && n < PASSWD_MAX);
	if (!error && found)
		field = mem_strdup(wants_name ? entry.pw_name : entry.pw_dir);
	mem_free(buffer);
	return field;
}

/* A user without an entry (a container's) has what the variables say. */
static char *
home(void *arg, const char *user)
{
	char *dir = passwd_field(user, false);
	const char *variable = getenv("HOME");

	(void)arg;
	if (!dir && !user && variable)
		dir = mem_strdup(variable);
	return dir;
}

static char *
local_user(void)
{
	char *name = passwd_field(NULL, true);
	const char *variable = getenv("USER");

	if (!name)
		name = variable && *variable
		    ? mem_strdup(variable)
		    : mem_printf("%lu", (unsigned long)getuid());
	return name;
}

static const char *
variable(void *arg, const char *name)
{
	(void)arg;
	return getenv(name);
}

/* As ssh: with the user's shell, its output thrown away. */
static int
run(void *arg, const char *command, struct fault *f)
{
	const char *shell = getenv("SHELL");
	const char *argv[] = {
	    shell && *shell ? shell : "/bin/sh", "-c", command, NULL};
	const int fds[3] = {-1, -1, STDERR_FILENO};
	struct deadline d =
	    deadline_in(EXEC_SECONDS * 1000, "a command of Match exec", NULL);
	int status;
	pid_t pid;

	(void)arg;
	if (spawn_start(&pid, argv, fds, f) || spawn_wait(pid, &d, &status, f))
		return -1;
	if (status > 128)
		return fault_set(f, FAULT_USAGE, 0,
		    "match: signal %d ended the command", status - 128);
	return status == 0;
}

static void
fill(void)
{
	char name[256] = "";

	gethostname(name, sizeof(name) - 1);
	env = (struct sshconfig_env){
	    .token = {.variable = variable, .home = home},
	    .local_user = local_user(),
	    .local_host = mem_strdup(name),
	    .uid = getuid(),
	    .exec = run};
}

const struct sshconfig_env *
sshconfig_env_system(void)
{
	pthread_once(&once, fill);
	return &env;
}
