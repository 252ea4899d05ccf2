/*
 * The owner that files get, as numbers, which is what SFTP knows.
 */
#ifndef SSH_COPY_OWNER_H
#define SSH_COPY_OWNER_H

#include "ssh/connection.h"
#include "ssh/sftp.h"

/* USER:GROUP, or USER for that user with his own group; names are the host's:
 * it is asked, unless both are numbers.  -1 with a fault. */
int copy_owner(struct connection *c, const char *text, struct sftp_attrs *owner,
    struct fault *f);

#endif
