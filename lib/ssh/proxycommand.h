/*
 * ProxyCommand: a program of the user's whose standard input and output are
 * the connection to the host.
 */
#ifndef SSH_PROXYCOMMAND_H
#define SSH_PROXYCOMMAND_H

#include <sys/types.h>

#include "hosts/settings.h"

/* Starts the settings' proxy_command with the user's shell, as ssh does, and
 * returns a descriptor to it, with its process in *pid; -1 with
 * FAULT_CONNECT.  ^C does not reach it, so that commands on the host can still
 * be ended through it. */
int proxycommand_start(const struct settings *s, pid_t *pid, struct fault *f);

/* Ends it, when the descriptor has been closed.  Returns its exit status, or
 * -1 if it had to be ended. */
int proxycommand_end(pid_t pid);

#endif
