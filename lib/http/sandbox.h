/*
 * What the process gives up before it serves, by whatever the kernel offers.
 * Each part may be missing; sandbox_describe says what is in force.
 */
#ifndef HTTP_SANDBOX_H
#define HTTP_SANDBOX_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/fault.h"
#include "http/site.h"

/* In the main thread, before the others are started: no new privileges, no
 * core dumps, and reading beneath the site's directories alone (everywhere
 * where links may leave them).  0, or -1 with a fault. */
int sandbox_process(const struct site *site, struct fault *f);

/* At the beginning of a serving thread: no capability, and the system calls of
 * serving alone.  Not 0 where that failed though the kernel has it. */
int sandbox_serving_thread(void);

/* The main thread, when all others are started: the system calls of waiting,
 * and signals to this process (0: none) and ourselves alone. */
int sandbox_main_thread(pid_t command);

/* Appends what is in force: "Landlock 7, seccomp, no new privileges". */
void sandbox_describe(struct buf *to);

#endif
