/*
 * An error as a value: made where the facts are, carried up unchanged, and
 * printed once, by the command.  Programs branch on the class, never on the
 * text.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stddef.h>

enum fault_class {
	FAULT_NONE,
	FAULT_USAGE, /* wrong options or operands */
	FAULT_SYSTEM, /* this program or machine failed */
	FAULT_CONNECT, /* no connection, or no common language on it */
	FAULT_HOSTKEY, /* the host key is unknown, changed or revoked */
	FAULT_AUTH, /* not logged in */
	FAULT_SUDO, /* sudo refused */
	FAULT_SCOPE, /* the httpd-scope cannot be reached from the host */
	FAULT_COPY, /* a file could not be copied */
	FAULT_LOST, /* the connection ended before the command did */
	FAULT_TIMEOUT, /* the command ran past its time */
	FAULT_CANCELLED, /* we were asked to stop */
};

struct fault {
	enum fault_class class;
	int error; /* errno, or 0 where none belongs to it */
	char text[992]; /* lower case, printable, no full stop */
	char shown[160]; /* the text that is wrong, printable; or empty */
	int caret; /* the column of shown, from 0, where it is wrong */
};

/* Fills the fault and returns -1, so that a function can end with
 * `return fault_set(…)`.  With an error that is not 0, ": " and its text are
 * appended.  Bytes that are not printable become \xNN. */
int fault_set(struct fault *f, enum fault_class class, int error,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Puts "prefix: " before the text (a stage, a host).  Returns -1. */
int fault_prefix(struct fault *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Keeps the text around its byte at, where a mistake is, to be shown under the
 * message with a caret.  Returns -1. */
int fault_show(struct fault *f, const char *text, size_t at);

/* Forgets a fault. */
void fault_clear(struct fault *f);

/* The class as the output formats name it: "connect", "hostkey", …. */
const char *fault_class_name(enum fault_class class);

#endif
