/*
 * A host of a run, as what is done there sees it.
 */
#ifndef FLEET_TARGET_H
#define FLEET_TARGET_H

#include <stddef.h>
#include <stdint.h>

#include "hosts/settings.h"
#include "ssh/access.h"
#include "ssh/wait.h"

/* All borrowed. */
struct target {
	size_t index; /* its number in the run, from 0 */
	const char *label;
	const struct settings *settings; /* NULL: not known */
	const struct access *access;
	const struct wait *wait; /* of the thread that runs it */
	int64_t wait_time; /* keep trying to connect so long, ms; 0: once */
};

#endif
