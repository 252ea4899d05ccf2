/*
 * What -v says.
 */
#ifndef HTTP_REPORT_H
#define HTTP_REPORT_H

#include "http/identity.h"
#include "http/listen.h"
#include "http/server.h"
#include "http/settings.h"

/* What is served and where (said in any case where no command would know), as
 * whom, and which protections of the kernel are in force. */
void report_start(const struct settings *set, const struct listeners *l,
    const struct identity *id);

/* How much was served; and in any case that links were refused. */
void report_end(const struct server_counts *counts);

#endif
