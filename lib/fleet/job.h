/*
 * What to do on a host, as a value; and doing it.
 */
#ifndef FLEET_JOB_H
#define FLEET_JOB_H

#include <stdbool.h>
#include <stddef.h>

#include "fleet/input.h"
#include "fleet/sink.h"
#include "base/buf.h"
#include "fleet/target.h"
#include "ssh/exec.h"
#include "ssh/reach.h"
#include "ssh/wait.h"

/* What the command reads. */
enum job_input {
	INPUT_NONE,
	INPUT_ONE, /* our standard input, as it comes */
	INPUT_EACH, /* all of it, on each host */
};

/* A command, the same for all hosts; borrowed by all that run it. */
struct job {
	const char *const *words; /* the command, or the script's arguments */
	size_t n;
	const char *script; /* -s: a local file to send along and run */
	const char *directory; /* -C */
	const char *const *env; /* -e: NAME=VALUE */
	size_t n_env;
	bool sudo;
	bool sudo_direct; /* no shell of ours under sudo */
	const char *sudo_user, *sudo_group; /* or NULL */
	struct password *password; /* for sudo, or NULL */
	int64_t time_limit; /* -T, ms; 0: none */
	int64_t until; /* --until, ms; 0: the command runs once */
	bool tether; /* it ends when our connection does */
	int terminal; /* -t: 1; -tt: 2; 0: as the settings say */
	const struct reach_env *scopes; /* the httpd-scopes that we are in */
	enum reach_way way;
	enum job_input input;
	struct input *each; /* for INPUT_EACH */
	bool several; /* hosts were named in the plural */
	struct terminal *local; /* ours, for -t; NULL: none */
};

/* Runs the job on one host, to its end, and fills *outcome (but for its
 * text's frame).  Output goes to the sink. */
void job_run(const struct job *job, const struct target *target,
    struct sink *sink, struct outcome *outcome);

/* Appends what job_run would send to the host, on a line each.  -1 with a
 * fault. */
int job_show(const struct job *job, const struct target *target, struct buf *to,
    struct fault *f);

#endif
