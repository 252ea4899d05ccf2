/*
 * The thread that writes to standard output and standard error.  Runners hand
 * it bytes, as many as there is room for, and never wait for a descriptor: a
 * reader that has stopped holds back output and nothing else.  Where both go
 * to the same place, neither begins within a line of the other.
 */
#ifndef FLEET_WRITER_H
#define FLEET_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/wake.h"

enum writer_stream { WRITER_STDOUT, WRITER_STDERR, WRITER_STREAMS };

struct writer;
struct statusline;

/* Starts the thread; it owns descriptors 1 and 2 from now on, and diag's
 * messages go through it.  failed(arg) is called, in the writer's thread,
 * when standard output, or standard error that goes to the same place, cannot
 * be written any more.  NULL with FAULT_SYSTEM. */
struct writer *writer_start(
    void (*failed)(void *arg), void *arg, struct fault *f);

/* How much of a stream may be handed over now.  When it is 0, the wake-up is
 * notified once there is room. */
size_t writer_room(
    struct writer *w, enum writer_stream stream, struct wake *wake);

/* Whether all that was handed over was written.  When not, the wake-up is
 * notified as that goes on. */
bool writer_idle(
    struct writer *w, enum writer_stream stream, struct wake *wake);

/* The wake-up is about to go: it is not notified any more. */
void writer_leave(struct writer *w, const struct wake *wake);

/* Hands over n bytes, which come out together.  Never waits. */
void writer_put(
    struct writer *w, enum writer_stream stream, const char *bytes, size_t n);

/* A status line (borrowed, until the writer is stopped), drawn on the terminal
 * while nothing else is written; and that what it says has changed.  The
 * second is safe in a signal handler. */
void writer_set_line(struct writer *w, const struct statusline *line);
void writer_touch_line(struct writer *w);

/* Writes all that is left, ends the thread and frees it; diag writes itself
 * again.  With drop, what cannot be written at once is forgotten.  Returns
 * errno of a failure of standard output (EPIPE: its reader has gone) or else of
 * standard error, or 0. */
int writer_stop(struct writer *w, bool drop);

#endif
