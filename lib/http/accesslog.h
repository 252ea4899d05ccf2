/*
 * The access log, in the combined format.  Threads hand their lines over; one
 * thread of the log's own writes them, so that a full pipe or a terminal that
 * was stopped holds nobody back.  Lines that find no room are counted and
 * dropped.
 */
#ifndef HTTP_ACCESSLOG_H
#define HTTP_ACCESSLOG_H

#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "http/address.h"
#include "http/view.h"

struct accesslog;

struct accesslog_entry {
	struct address client;
	int64_t time; /* seconds since 1970 */
	struct view line; /* the request's first line */
	int status;
	struct view referer, agent;
};

/* Opens the file for appending ("-": standard error).  NULL with a fault. */
struct accesslog *accesslog_open(const char *path, struct fault *f);

/* Its descriptor; -1 for NULL. */
int accesslog_descriptor(const struct accesslog *log);

/* Starts the thread; enter, if not NULL, runs in it first and says whether it
 * may go on.  0 or an errno. */
int accesslog_start(struct accesslog *log, int (*enter)(void));

/* Appends to line everything but the bytes of the body, which take the place
 * of the first blank behind the offset that is returned. */
size_t accesslog_format(struct buf *line, const struct accesslog_entry *e);

/* Hands over the line that accesslog_format made, with its bytes. */
void accesslog_add(
    struct accesslog *log, const struct buf *line, size_t at, uint64_t bytes);

/* Hands over a line of another kind. */
void accesslog_note(struct accesslog *log, const char *text);

/* Writes out what is pending, for at most two seconds, and frees it. */
void accesslog_close(struct accesslog *log);

#endif
