/*
 * Exit statuses, as env(1), timeout(1) and ssh(1) have taught them.
 */
#ifndef CLI_STATUS_H
#define CLI_STATUS_H

#include "base/fault.h"

enum status {
	STATUS_OK = 0,
	STATUS_COPY = 1, /* a copy failed on a file system */
	STATUS_TIMEOUT = 124, /* the command ran past its time */
	STATUS_OWN = 125, /* usage, or the program itself failed */
	STATUS_REFUSED = 126, /* sudo refused; exec: not executable */
	STATUS_NOT_FOUND = 127, /* exec: no such program */
	STATUS_SIGNAL = 128, /* plus the signal's number */
	STATUS_CONNECTION = 255, /* no connection, or it was lost */
};

/* The exit status that a fault of this class stands for. */
int status_of_class(enum fault_class class);

/* Ends the program by the signal, as if it had never been caught, so that a
 * shell sees it and its loops stop; leaves no core.  Returns 128 + the
 * signal's number where that does not end us (process 1 of a container). */
int status_raise(int signal_number);

#endif
