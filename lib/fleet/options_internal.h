/*
 * What the files of options share.
 */
#ifndef FLEET_OPTIONS_INTERNAL_H
#define FLEET_OPTIONS_INTERNAL_H

#include "fleet/options.h"

/* -1 with a FAULT_USAGE: the option's value is not what is wanted. */
int options_bad_value(
    const char *option, const char *value, const char *wanted, struct fault *f);

/* Takes an option that stands for a line of ssh_config: 0; 1 when the id is
 * not of that kind; -1 with a FAULT_USAGE. */
int options_set_ssh(
    struct fleet_options *o, int id, const char *value, struct fault *f);

#endif
