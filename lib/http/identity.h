/*
 * Who the server is: as root it becomes somebody else before it serves.
 */
#ifndef HTTP_IDENTITY_H
#define HTTP_IDENTITY_H

#include <stdbool.h>

#include "base/fault.h"

enum { IDENTITY_NAME_MAX = 256 };

struct identity {
	char user[IDENTITY_NAME_MAX]; /* whom we serve as */
	bool changed; /* and were not before */
};

/* Gives up user, groups and every capability but that of signalling others
 * (the command may be another user's), for good.  user is a name or a number;
 * NULL: nobody where we are root, or else ourselves.  Without a user wished
 * for, one that this user namespace does not know leaves us as we are; who
 * stays root keeps the right to read what root can.  0, or -1 with a fault
 * that names the user. */
int identity_drop(struct identity *id, const char *user, struct fault *f);

#endif
