/*
 * A connection to a target, for any job on it.
 */
#ifndef FLEET_CONNECT_H
#define FLEET_CONNECT_H

#include "fleet/target.h"
#include "ssh/connection.h"

/* Connects, and keeps trying for the target's wait_time where nobody answers
 * or the server closes the connection: not where it refuses us, for that may
 * lock an account.  NULL with a fault. */
struct connection *connect_target(const struct target *target, struct fault *f);

/* Whether another try may have another end. */
bool connect_again(const struct fault *f);

/* Waits so long, in milliseconds, while the connection (or NULL) goes on.  -1
 * with a fault. */
int connect_pause(const struct target *target, struct connection *c, int64_t ms,
    struct fault *f);

#endif
