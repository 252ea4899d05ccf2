/*
 * Handing the writer more than there is room for at once.
 */
#ifndef FLEET_DELIVER_H
#define FLEET_DELIVER_H

#include "fleet/writer.h"
#include "ssh/wait.h"

/* Hands over n bytes as there is room for them, and waits for it.  0, or -1
 * when we were asked to stop at once. */
int deliver(struct writer *w, enum writer_stream stream,
    const struct wait *wait, const char *bytes, size_t n);

#endif
