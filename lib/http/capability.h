/*
 * Capabilities of Linux.
 */
#ifndef HTTP_CAPABILITY_H
#define HTTP_CAPABILITY_H

#include <stdint.h>

/* As bits of a set. */
enum {
	CAPABILITY_READ = 1 << 2, /* whatever its mode says */
	CAPABILITY_KILL = 1 << 5 /* whoever it is */
};

/* Keeps capabilities over a change of user; 0 or -1. */
int capability_keep(void);

/* Gives up all but those in the set that are held, in this thread; 0 or -1. */
int capability_only(uint32_t set);

#endif
