/*
 * The line that is sent to the host: what the user asked for, wrapped only
 * where it must be, in words that every login shell reads alike.
 */
#ifndef SSH_CMDLINE_H
#define SSH_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "ssh/sudo.h"

/* What our script under sudo begins with: where sudo's words quote it, its rules
 * know no such command. */
#define CMDLINE_SUDO_FIRST "_c="

struct cmdline {
	const char *const *words; /* the command */
	size_t n;
	bool line; /* words[0] is a line for a shell */
	const char *directory; /* to change to first, or NULL */
	const char *const *env; /* NAME=VALUE, set for the command */
	size_t n_env;
	const struct sudo *sudo; /* run it under sudo, or NULL */
	const char *sudo_user; /* NULL: root */
	const char *sudo_group; /* or NULL */
	const char *scratch; /* a directory to remove afterwards, or NULL */
	bool tether; /* it ends with the connection */
};

/* Appends the line for the host's login shell.
 *
 * A line without directory, environment, sudo and tether is sent as it is; several
 * words are quoted so that exactly they arrive.  With directory or
 * environment, a line still runs in the user's own shell ($SHELL -c as the
 * server has set it, or sh -c where it has not); under sudo, in sh -c.  Where
 * the directory cannot be changed to, nothing runs and the status is 125.  0,
 * or -1 when to is full. */
int cmdline_build(struct buf *to, const struct cmdline *c);

/* For a line of n bytes that is too long for one request: appends a short one
 * that reads it from its standard input, and has sh run it. */
int cmdline_read(struct buf *to, size_t n);

/* Appends a line for sh that runs a line in the user's own shell. */
int cmdline_wrap(struct buf *to, const char *line);

/* Appends a line that sends the signal (a name without SIG) to the other
 * command on the same connection, the other child of our own parent: to its
 * process group, or, with sudo, to the shell that stays outside of sudo: root's
 * side then ends the command within a second, and what ignores that 5 seconds
 * later.  The scratch directory (or NULL), which that shell can no longer
 * remove, goes too. */
int cmdline_kill(
    struct buf *to, const char *signal_name, bool sudo, const char *scratch);

#endif
