/*
 * A program's state, as the files of command share it: command.c prepares and
 * ends it, command_run.c has the run itself.
 */
#ifndef FLEET_COMMAND_INTERNAL_H
#define FLEET_COMMAND_INTERNAL_H

#include <stdatomic.h>

#include "fleet/command.h"
#include "fleet/copying.h"
#include "fleet/failed.h"
#include "fleet/interrupt.h"
#include "fleet/options.h"

/* What lives as long as the program. */
struct program {
	const struct command *command;
	struct fleet_options options;
	struct reach_env scopes;
	struct sshconfig *config;
	struct password *password;
	struct input *input;
	struct access access;
	struct interrupt interrupt;
	struct failed *failed;
	struct copying *copying; /* of a program that copies; or NULL */
	atomic_bool silent; /* nobody reads our output any more */
};

/* Tells why nothing was, or could be, done; the exit status for it. */
int command_failure(const struct fault *f);

/* A variable of the environment; NULL where it is empty, too. */
const char *command_environment(const char *name);

/* Runs the job on all hosts, with a writer of its own; the exit status. */
int command_run(struct program *p, struct fault *f);

#endif
