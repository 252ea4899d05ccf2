/*
 * A question on the terminal whose answer is not shown.
 */
#ifndef SSH_ASK_H
#define SSH_ASK_H

#include <stdbool.h>

#include "base/fault.h"
#include "base/secret.h"
#include "ssh/wait.h"

/* Shows the prompt on the controlling terminal and reads a line into an empty
 * secret, with echo off; the terminal is as before afterwards, also when we
 * were asked to stop.  ^C and ^\ there raise the signal.  -1 with FAULT_AUTH
 * when there is no terminal, FAULT_CANCELLED when asked to stop. */
int ask_secret(const char *prompt, struct secret *answer, const struct wait *w,
    struct fault *f);

/* The same; with echo, what is typed is shown. */
int ask_answer(const char *prompt, bool echo, struct secret *answer,
    const struct wait *w, struct fault *f);

/* One question at a time: others wait for their turn.  Whoever owns the
 * screen is told before each, and after it; both may be NULL. */
void ask_set_screen(
    void (*before)(void *arg), void (*after)(void *arg), void *arg);

#endif
