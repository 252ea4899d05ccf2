/*
 * How a command finds the server: the HTTPD_SCOPE_ variables.
 */
#ifndef HTTP_VARIABLES_H
#define HTTP_VARIABLES_H

#include <stdbool.h>

#include "base/buf.h"
#include "http/listen.h"

enum { VARIABLES_MAX = 8 };

struct variables {
	char *env[VARIABLES_MAX + 1]; /* "NAME=VALUE", ends with NULL */
	const char *unset[3]; /* names that are not for the command */
};

/* Makes them.  fixed: the port was asked for; dir is what is served, id the
 * scope's number.  Where we run inside another scope, its URL, number and address, and those further out,
 * go into HTTPD_SCOPE_OUTER. */
void variables_init(struct variables *v, const struct listeners *l, bool fixed,
    const char *dir, const char *id);
void variables_release(struct variables *v);

/* Appends the URL of a server on this address: http://[::1]:8888/ */
void variables_url(struct buf *to, const char *address, uint16_t port);

#endif
