/*
 * What the options of httpd-scope say.
 */
#ifndef HTTP_SETTINGS_H
#define HTTP_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "http/address.h"
#include "http/site.h"

struct settings {
	struct site site; /* opened */
	const char *address; /* NULL: loopback */
	uint16_t port; /* 0: any that is free */
	struct address_nets allowed; /* none: everybody */
	const char *log_path; /* or NULL */
	const char *user; /* or NULL */
	int threads;
	int max_connections;
	int linger; /* milliseconds */
	int verbose;
	char *const *command; /* in argv; empty: none */
	bool help, version; /* asked for: nothing else is done */
};

/* Reads the command line and opens the directories.  0, or -1 with a fault. */
int settings_parse(struct settings *s, char **argv, struct fault *f);
void settings_release(struct settings *s);

/* Answers --help or --version on standard output; -1 with a fault where that
 * fails. */
int settings_about(const struct settings *s, struct fault *f);

#endif
