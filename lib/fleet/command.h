/*
 * What the fab programs are: options, hosts, a job or a copy, its end.
 */
#ifndef FLEET_COMMAND_H
#define FLEET_COMMAND_H

#include <stdbool.h>

#include "cli/opts.h"

enum command_kind { COMMAND_RUN, COMMAND_PUT, COMMAND_GET };

struct command {
	const char *usage; /* lines for --help */
	const struct opt *table; /* its options */
	bool sudo; /* the job runs under sudo */
	enum command_kind kind;
};

/* The whole program; returns its exit status, or ends by a signal. */
int command_main(const struct command *c, char **argv);

#endif
