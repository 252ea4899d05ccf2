/*
 * The signal that a child gets when the thread that forked it ends.
 */
#ifndef SCOPE_DEATHSIG_H
#define SCOPE_DEATHSIG_H

/* Asks for the signal, in the child.  -1 where the system has no such thing. */
int deathsig_set(int number);

#endif
