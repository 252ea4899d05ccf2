/*
 * ssh_config(5), read as ssh reads it: which settings hold for a host.
 * Everything is read once, by sshconfig_new; afterwards any number of threads
 * may ask for settings at once.
 *
 * In this order, the first value of a keyword wins: user and port that the
 * host was named with; the command line; the words behind the host in its
 * host file; the user's file; the system's file.
 */
#ifndef HOSTS_SSHCONFIG_H
#define HOSTS_SSHCONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "hosts/host.h"
#include "hosts/settings.h"
#include "hosts/token.h"

/* The machine and the user that configuration is read for. */
struct sshconfig_env {
	struct token_env token; /* variables, home directories */
	const char *local_user;
	const char *local_host;
	unsigned long uid;
	/* Runs the command of `Match exec`: 1 when it succeeds, 0 when not,
	 * -1 with a fault. */
	int (*exec)(void *arg, const char *command, struct fault *f);
	void *exec_arg;
};

/* This machine and the user that we run as; lives until the program ends. */
const struct sshconfig_env *sshconfig_env_system(void);

struct sshconfig_sources {
	const char *file; /* -F: instead of both files; "none": no file;
			   * NULL: ~/.ssh/config and /etc/ssh/ssh_config */
	const char *const *options; /* -o: lines "KEY=VALUE"; what other
				     * options stand for goes here too */
	size_t option_count;
	const char *text; /* instead of any file, for tests; or NULL */
};

struct sshconfig;

/* Reads all that the sources name.  The environment is borrowed.  NULL with a
 * FAULT_USAGE that names file and line. */
struct sshconfig *sshconfig_new(const struct sshconfig_sources *sources,
    const struct sshconfig_env *env, struct fault *f);
void sshconfig_free(struct sshconfig *c);

/* What was skipped although ssh would heed it: lines for -v.  Borrowed. */
const char *sshconfig_notes(const struct sshconfig *c);

/* Fills *out with the settings of a host; settings_release them.  -1 with a
 * FAULT_USAGE that names file and line, out then being released. */
int sshconfig_settings(const struct sshconfig *c, const struct host *h,
    struct settings *out, struct fault *f);

/* The same for the last hop of the settings' proxy_jump, which must have one:
 * as ssh reads it when it becomes a jump host.  The hops before it are its
 * own; where there are none, those of its configuration.  Of the command line,
 * BatchMode alone holds. */
int sshconfig_hop_settings(const struct sshconfig *c, const struct settings *of,
    struct settings *out, struct fault *f);

#endif
