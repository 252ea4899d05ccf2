/*
 * What fab-run and fab-sudo are: options, hosts, a job, its end.
 */
#ifndef FLEET_COMMAND_H
#define FLEET_COMMAND_H

#include <stdbool.h>

#include "cli/opts.h"

struct command {
	const char *usage; /* lines for --help */
	const struct opt *table; /* its options */
	bool sudo; /* the job runs under sudo */
};

/* The whole program; returns its exit status, or ends by a signal. */
int command_main(const struct command *c, char **argv);

#endif
