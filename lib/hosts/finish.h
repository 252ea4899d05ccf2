/*
 * The last step of reading a configuration: defaults, tokens, paths.
 */
#ifndef HOSTS_FINISH_H
#define HOSTS_FINISH_H

#include "base/fault.h"
#include "hosts/sshconfig.h"

/* Completes settings that were read.  -1 with a FAULT_USAGE. */
int finish_settings(
    struct settings *s, const struct sshconfig_env *env, struct fault *f);

#endif
