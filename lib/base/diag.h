/*
 * What a program says on standard error.  Every message is
 * `program: host: stage: cause`.  While a writer thread owns the descriptor
 * (lib/fleet), it sets itself as the output, and messages keep their order
 * with everything else that it writes.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stddef.h>

#include "base/fault.h"

/* Takes the program's name (the part behind the last slash of argv[0] is
 * borrowed for good). */
void diag_init(const char *argv0);
const char *diag_program(void);

/* 0: messages; 1: what -v shows; more with each further -v.  -1 (quiet): no
 * notes either. */
void diag_set_level(int level);
int diag_level(void);

/* Where complete lines go instead of standard error; NULL: there again.  flush
 * returns when what went there before was written.  Both may be called by
 * several threads at once. */
typedef void diag_output(void *arg, const char *line, size_t n);
typedef void diag_flushed(void *arg);
void diag_set_output(diag_output *output, diag_flushed *flush, void *arg);

/* Waits, a second at most, until all messages so far were written: before
 * something else is shown on the terminal. */
void diag_flush(void);

/* A message: an error or a warning, always shown. */
void diag_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A note, not shown with -q. */
void diag_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Shown at level 1 and above, or at the level given. */
void diag_verbose(int level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The fault's text as a message, and what it shows with a caret under it. */
void diag_fault(const struct fault *f);

#endif
