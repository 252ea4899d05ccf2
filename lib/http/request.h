/*
 * The head of a request (RFC 9112), strictly: what two servers could read
 * differently is refused (bare CR or LF, folded lines, blanks before a colon,
 * both kinds of length, repeated fields that must be single).  Pure.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/view.h"

enum {
	REQUEST_HEAD_MAX = 32768, /* bytes of a head */
	REQUEST_LINE_MAX = 16384, /* bytes of its first line */
	REQUEST_FIELDS_MAX = 100
};

enum method { METHOD_GET, METHOD_HEAD, METHOD_OPTIONS, METHOD_OTHER };

/* Fields that may stand once. */
enum field {
	FIELD_HOST,
	FIELD_RANGE,
	FIELD_IF_RANGE,
	FIELD_IF_MATCH,
	FIELD_IF_NONE_MATCH,
	FIELD_IF_MODIFIED_SINCE,
	FIELD_IF_UNMODIFIED_SINCE,
	FIELD_CONTENT_LENGTH,
	FIELD_TRANSFER_ENCODING,
	FIELD_EXPECT,
	FIELD_REFERER,
	FIELD_USER_AGENT,
	FIELD_COUNT
};

struct request {
	enum method method;
	int minor; /* HTTP/1.minor: 0 or 1 */
	bool keep_alive; /* the client wants, or allows, another request */
	bool expects_continue;
	bool chunked; /* a body of unknown length follows */
	uint64_t length; /* bytes of body that follow */
	struct view line; /* the first line, as far as there is one */
	struct view target;
	struct view field[FIELD_COUNT]; /* trimmed; absent: NULL */
};

/* Where the head that starts at bytes ends: its length with the blank line, or
 * 0 when that has not arrived.  Bytes before from are known to hold no end.
 * A head that ends with bare LFs ends too, for request_parse to refuse. */
size_t request_end(const char *bytes, size_t n, size_t from);

/* Bytes of empty lines before a request, which are skipped (RFC 9112 2.2). */
size_t request_blank(const char *bytes, size_t n);

/* Parses the head of n bytes that request_end found.  0, or the status that
 * refuses it (400, 414, 417, 431, 501, 505): then line is valid for the log,
 * and the connection must end.  The views point into bytes. */
int request_parse(struct request *r, const char *bytes, size_t n);

/* Whether v is an authority as Host allows it: a name, an IPv4 address or an
 * IPv6 one in brackets, and perhaps a port (RFC 9110 7.2). */
bool request_valid_host(struct view v);

#endif
