/*
 * What a program prints instead of doing it: --help, --version, -G, -N.
 */
#ifndef FLEET_SHOW_H
#define FLEET_SHOW_H

#include "cli/opts.h"
#include "fleet/options.h"
#include "hosts/sshconfig.h"

/* Each prints on standard output and returns the exit status. */
int show_help(const char *usage, const struct opt *table);
int show_version(bool verbose);

/* The settings of all hosts, as ssh -G prints them. */
int show_settings(
    const struct fleet_options *o, const struct sshconfig *config);

/* What the job would send to each host. */
int show_job(const struct fleet_options *o, const struct sshconfig *config);

#endif
