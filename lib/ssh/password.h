/*
 * One password for all hosts.  It is tried on one host first, while the
 * others wait for the verdict, so that a typing error never costs more than
 * one attempt on one host; a typed one may be typed three times.  One that a
 * program prints is each host's own.
 */
#ifndef SSH_PASSWORD_H
#define SSH_PASSWORD_H

#include <stdbool.h>

#include "base/fault.h"
#include "base/secret.h"
#include "hosts/settings.h"
#include "ssh/wait.h"

struct password;

enum password_verdict {
	PASSWORD_ACCEPTED,
	PASSWORD_REJECTED,
	PASSWORD_UNTRIED /* nobody can tell: the connection was lost, … */
};

/* What it is for; texts are borrowed. */
struct password_use {
	const char *prompt; /* shown when it is asked for */
	const char *hint; /* said where it cannot be asked for */
	enum fault_class class; /* of failures: FAULT_AUTH, FAULT_SUDO */
};

/* It is asked for at the first need, unless it was before, or a file has
 * it. */
struct password *password_new(const struct password_use *use);
void password_free(struct password *p);

/* Asks for it now, before anything starts. */
int password_ask_now(struct password *p, const struct wait *w, struct fault *f);

/* Where an empty answer to that stands for another password; borrowed. */
void password_or_else(struct password *p, struct password *other);

/* Takes the first line of a file, which others must not be able to read.  An
 * executable file is run for each host, with user and host as its arguments,
 * and prints the password as its first line.  -1 with a FAULT_USAGE, or
 * FAULT_CANCELLED where it is a pipe and we are asked to stop. */
int password_read_file(struct password *p, const char *path,
    const struct wait *w, struct fault *f);

/* Whether somebody would have to be asked for it. */
bool password_must_ask(struct password *p);

/* The password for a host, or NULL with a fault of the use's class or
 * FAULT_CANCELLED.  May wait for a person, or for another host's verdict.
 * Borrowed until the password is freed. */
const struct secret *password_get(struct password *p, const struct settings *s,
    const struct wait *w, struct fault *f);

/* Whether what password_get returned to this thread was right; once for each
 * that was not NULL. */
void password_verdict(struct password *p, enum password_verdict verdict);

#endif
