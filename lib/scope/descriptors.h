/*
 * The descriptors that a process has from its parent, meant for a command of
 * its own: a pipe that we held open, too, would never come to its end.
 */
#ifndef SCOPE_DESCRIPTORS_H
#define SCOPE_DESCRIPTORS_H

#include <stddef.h>

/* Closes all above standard error but those to keep, which are sorted here;
 * -1 among them is none.  Standard input and output become /dev/null. */
void descriptors_keep(int *keep, size_t n);

#endif
