/*
 * A program that prints a host's password.
 */
#ifndef SSH_PASSWORDPROGRAM_H
#define SSH_PASSWORDPROGRAM_H

#include "base/secret.h"
#include "hosts/settings.h"
#include "ssh/wait.h"

/* Runs the program at path with user and host as its arguments and takes the
 * first line that it prints into an empty secret.  -1 with a FAULT_SYSTEM that
 * names it, or FAULT_CANCELLED. */
int passwordprogram_run(const char *path, const struct settings *s,
    struct secret *to, const struct wait *w, struct fault *f);

#endif
