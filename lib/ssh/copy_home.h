/*
 * Home directories in paths of a host: the user's own, in which its SFTP
 * server starts, and those of others.
 */
#ifndef SSH_COPY_HOME_H
#define SSH_COPY_HOME_H

#include "ssh/sftp_session.h"

/* A path with ~ or ~USER before it as one without; of ~USER, the host knows
 * the place (expand-path@openssh.com), and what is put before the rest of a
 * pattern is made plain for it.  The caller's; NULL with a fault. */
char *copy_expand_home(
    struct sftp *s, const char *path, bool is_pattern, struct fault *f);

#endif
