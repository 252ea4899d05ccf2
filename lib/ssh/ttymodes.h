/*
 * Terminal modes as they are sent with a request for a terminal (RFC 4254,
 * section 8).
 */
#ifndef SSH_TTYMODES_H
#define SSH_TTYMODES_H

#include <termios.h>

#include "base/buf.h"

/* Appends those of a terminal of ours. */
void ttymodes_encode(struct buf *to, const struct termios *t);

/* Appends those of a terminal that echoes nothing and leaves output as it
 * is. */
void ttymodes_plain(struct buf *to);

#endif
