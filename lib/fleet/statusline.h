/*
 * One line at the bottom of the terminal that standard error is, which is
 * redrawn, and erased before anything else is written there.  The writer's
 * thread does both; who asks a question on the terminal holds it meanwhile.
 * While it is shown the cursor rests at its beginning, so that also a line
 * that a narrower window has broken in two is erased whole.
 */
#ifndef FLEET_STATUSLINE_H
#define FLEET_STATUSLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* What it says: appends at most columns columns of text to the buffer. */
struct statusline {
	void (*draw)(void *arg, size_t columns, struct buf *to);
	void *arg;
};

/* Whether standard error is a terminal that can erase a line. */
bool statusline_possible(void);

/* Draws it, unless it is held or we are in the background. */
void statusline_draw(const struct statusline *s);

/* Takes it away until it is drawn again. */
void statusline_erase(void);

/* It is not drawn between these two: the terminal is somebody else's.  For
 * ask_set_screen. */
void statusline_hold(void *unused);
void statusline_release(void *unused);

#endif
