/*
 * The unknown keys of many hosts, asked for at once before the run: else each
 * host would ask for its own.
 */
#ifndef FLEET_SURVEY_H
#define FLEET_SURVEY_H

#include "fleet/runner.h"

/* Gathers the keys of those hosts of the run of which none is known and whose
 * settings allow to ask, and asks; nothing happens where there is nobody to
 * ask, or but one such host, which is asked for when its turn comes.  What
 * cannot be reached is left to the run.  -1 with a FAULT_CANCELLED. */
int survey(const struct runner *r, struct fault *f);

#endif
