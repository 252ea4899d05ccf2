/*
 * SIGINT, SIGTERM and SIGHUP of a program that runs threads: noted by the
 * handler, told to the threads by the runner.  Signals that were ignored at
 * our start stay ignored.  Who does not end by two of them, within two
 * seconds, ends by the next.
 */
#ifndef FLEET_INTERRUPT_H
#define FLEET_INTERRUPT_H

#include "base/fault.h"
#include "ssh/wait.h"

struct interrupt {
	struct cancel cancel;
	struct wake wake; /* readable when something came */
};

/* Installs the handlers; SIGPIPE is ignored, so that writing tells.  One at
 * a time in a program; it stays until the program ends.  -1 with
 * FAULT_SYSTEM. */
int interrupt_open(struct interrupt *i, struct fault *f);

/* Asks to stop: the level never falls; the first signal is kept. */
void interrupt_raise(struct interrupt *i, enum cancel_level level, int signal);

/* What the main thread waits with before there are others. */
struct wait interrupt_wait(struct interrupt *i);

#endif
