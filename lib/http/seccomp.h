/*
 * System calls, allowed by name; what is not allowed fails with EPERM.
 */
#ifndef HTTP_SECCOMP_H
#define HTTP_SECCOMP_H

#include <sys/types.h>

/* For this thread from now on.  1: in force; 0: this system or architecture
 * has none; -1 with errno. */
int seccomp_serving(void);

/* The same for a thread that waits, and may signal command (0: none) and this
 * process. */
int seccomp_waiting(pid_t command);

#endif
