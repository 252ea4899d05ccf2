/*
 * Helper programs: started with posix_spawn, so that it is safe beside
 * threads, with every descriptor of ours closed but those that they are given.
 */
#ifndef BASE_SPAWN_H
#define BASE_SPAWN_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fault.h"

/* Starts argv[0] (a path, or a name that is looked up) with fds as standard
 * input, output and error; -1 is /dev/null.  The descriptors stay the
 * caller's.  0, or -1 with a FAULT_SYSTEM. */
int spawn_start(
    pid_t *pid, const char *const *argv, const int fds[3], struct fault *f);

/* Waits for a child and stores its status as a shell counts it: the exit
 * status, or 128 and the number of the signal.  When the deadline passes, the
 * child is killed and a FAULT_TIMEOUT returned.  -1 with a fault. */
int spawn_wait(
    pid_t pid, const struct deadline *d, int *status, struct fault *f);

/* Runs argv to its end with its output in the buffer, its standard error ours,
 * in a process group of its own, all of which is killed at the deadline.
 * Output beyond the buffer's maximum is a FAULT_SYSTEM. */
int spawn_capture(const char *const *argv, struct buf *out,
    const struct deadline *d, int *status, struct fault *f);

#endif
