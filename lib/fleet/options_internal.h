/*
 * What the files of options share.
 */
#ifndef FLEET_OPTIONS_INTERNAL_H
#define FLEET_OPTIONS_INTERNAL_H

#include "fleet/options.h"

/* -1 with a FAULT_USAGE: the option's value is not what is wanted. */
int options_bad_value(
    const char *option, const char *value, const char *wanted, struct fault *f);

/* Values of one kind: text that is not empty (an empty word is a variable of
 * the user's that was not set), a number, seconds as milliseconds above 0.
 * 0, or -1 with a FAULT_USAGE. */
int options_text(const char *option, const char *value, const char *wanted,
    const char **to, struct fault *f);
int options_number(const char *option, const char *value, uint64_t max,
    uint64_t *to, struct fault *f);
int options_seconds(
    const char *option, const char *value, int64_t *to, struct fault *f);

/* Adds the hosts of an expression. */
int options_add_hosts(
    struct fleet_options *o, const char *text, struct fault *f);

/* Each takes the options of one kind: 0; 1 when the id is not of that kind;
 * -1 with a FAULT_USAGE. */
int options_set_ssh(
    struct fleet_options *o, int id, const char *value, struct fault *f);
int options_set_hosts(
    struct fleet_options *o, int id, const char *value, struct fault *f);
int options_set_command(
    struct fleet_options *o, int id, const char *value, struct fault *f);
int options_set_output(
    struct fleet_options *o, int id, const char *value, struct fault *f);
int options_set_copy(
    struct fleet_options *o, int id, const char *value, struct fault *f);

#endif
