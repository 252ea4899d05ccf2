/*
 * %h %u %p %n in a path: host, user, port, number (pure).
 */
#ifndef FLEET_PLACEHOLDER_H
#define FLEET_PLACEHOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct placeholder_values {
	const char *host, *user;
	int port;
	size_t number;
};

/* Whether text holds one. */
bool placeholder_in(const char *text);

/* Appends text with its placeholders filled in; %% is a single %, and a % before
 * anything else is itself. */
void placeholder_expand(
    struct buf *to, const char *text, const struct placeholder_values *values);

#endif
