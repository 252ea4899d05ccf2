/*
 * Lists of algorithms as ssh_config(5) has them.
 */
#ifndef SSH_ALGLIST_H
#define SSH_ALGLIST_H

#include <stdbool.h>

#include "base/buf.h"

/* Appends what given makes of the defaults: with + before it, it is added
 * behind them, with ^ before them, with - what matches it is taken away, else
 * it takes their place; NULL leaves them.  Given names may be patterns of names
 * that are supported.  Of the result, names that are supported are kept, each
 * once. */
void alglist_make(struct buf *to, const char *given, const char *defaults,
    const char *supported);

/* Whether name is in the list. */
bool alglist_has(const char *list, const char *name);

#endif
