/*
 * One password for all hosts.  It is tried on one host first, while the
 * others wait for the verdict, so that a typing error never costs more than
 * one attempt on one host; a typed one may be typed three times.
 */
#ifndef FLEET_PASSWORD_H
#define FLEET_PASSWORD_H

#include "base/fault.h"
#include "ssh/exec.h"
#include "ssh/wait.h"

struct password;

/* prompt is shown when it has to be asked for, at the first need; with
 * may_ask not, and what needs it fails with a FAULT_SUDO of the text hint.
 * Both are borrowed. */
struct password *password_new(
    const char *prompt, bool may_ask, const char *hint);
void password_free(struct password *p);

/* Asks for it now, before anything starts. */
int password_ask_now(struct password *p, const struct wait *w, struct fault *f);

/* Takes the first line of a file, which others must not be able to read.  -1
 * with a FAULT_USAGE. */
int password_read_file(struct password *p, const char *path, struct fault *f);

/* What exec wants of it; p is borrowed. */
struct password_source password_source(struct password *p);

#endif
