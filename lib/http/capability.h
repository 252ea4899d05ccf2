/*
 * Capabilities of Linux.
 */
#ifndef HTTP_CAPABILITY_H
#define HTTP_CAPABILITY_H

/* Keeps capabilities over a change of user; 0 or -1. */
int capability_keep(void);

/* Gives up all but the right to signal others, where that is held; 0 or -1. */
int capability_only_kill(void);

/* Gives up all, in this thread; 0 or -1. */
int capability_none(void);

#endif
