/*
 * The terminal that we were started on, for a command that is to have one
 * (-t): raw while the command runs, as it was before at the end and whenever
 * a signal ends or stops us.  The keys Enter ~ . close the connection, as with
 * ssh(1); ~ ~ is a single ~.
 */
#ifndef FLEET_TERMINAL_H
#define FLEET_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/wake.h"
#include "fleet/interrupt.h"
#include "hosts/settings.h"
#include "ssh/exec.h"

struct terminal;

/* The one that standard input is; NULL where it is none.  What closes the
 * connection is told to i (borrowed). */
struct terminal *terminal_open(struct interrupt *i);
void terminal_free(struct terminal *t);

/* The terminal that a command on a host gets, or NULL: as the option (-t: 1,
 * -tt: 2) or else the settings want it.  Without -tt it takes a terminal of
 * ours, and one plain host.  local may be NULL. */
const struct exec_terminal *terminal_for(
    struct terminal *local, int option, const struct settings *s, bool several);

/* Makes ours raw for a command if it is the one that was given to it, and
 * tells whether; and back.  wake is notified when the size has changed. */
bool terminal_enter(struct terminal *local, const struct exec_terminal *given,
    const struct wake *wake);
void terminal_leave(struct terminal *local);

/* Reads up to n bytes that were typed: a number, 0 at the end, -1 for nothing
 * now. */
ssize_t terminal_read(struct terminal *local, char *bytes, size_t n);

#endif
