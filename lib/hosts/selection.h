/*
 * The hosts that a command line selects: -H, -f and operands add, -x takes
 * away from the whole, whatever order they stand in.
 */
#ifndef HOSTS_SELECTION_H
#define HOSTS_SELECTION_H

#include <stdbool.h>

#include "base/fault.h"
#include "hosts/list.h"

struct selection {
	struct host_list
	    *hosts; /* all that was added; in the end, the result */
	struct host_list *excluded;
	struct host_list *kept; /* of --intersect; NULL: all */
	bool is_named; /* something was added, though it may be no hosts */
};

void selection_init(struct selection *s);
void selection_release(struct selection *s);

/* Each takes the argument of one option.  -1 with a fault. */
int selection_add(struct selection *s, const char *text, struct fault *f);
int selection_add_file(struct selection *s, const char *path, struct fault *f);
int selection_exclude(struct selection *s, const char *text, struct fault *f);
int selection_intersect(struct selection *s, const char *text, struct fault *f);

/* Leaves the result in hosts.  -1 with a FAULT_USAGE where nothing was
 * named. */
int selection_finish(struct selection *s, struct fault *f);

#endif
