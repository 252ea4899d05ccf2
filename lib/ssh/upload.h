/*
 * A program of ours on the host, for as long as a command of it runs: put
 * into a private directory that allows execution.
 */
#ifndef SSH_UPLOAD_H
#define SSH_UPLOAD_H

#include <stdbool.h>

#include "ssh/connection.h"

/* Copies the local file into a new directory on the host.  With shared, other
 * users of the host can run it too (for sudo -u).  0, with *directory and
 * *path (inside it) the caller's to free; or -1 with FAULT_COPY. */
int upload(struct connection *c, const char *file, bool shared,
    char **directory, char **path, struct fault *f);

#endif
