#include "http/reply.h"

#include <string.h>

#include "http/listing.h"

const char *
reply_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
	    {200, "OK"},
	    {204, "No Content"},
	    {206, "Partial Content"},
	    {301, "Moved Permanently"},
	    {304, "Not Modified"},
	    {400, "Bad Request"},
	    {403, "Forbidden"},
	    {404, "Not Found"},
	    {405, "Method Not Allowed"},
	    {408, "Request Timeout"},
	    {412, "Precondition Failed"},
	    {413, "Content Too Large"},
	    {414, "URI Too Long"},
	    {416, "Range Not Satisfiable"},
	    {417, "Expectation Failed"},
	    {431, "Request Header Fields Too Large"},
	    {500, "Internal Server Error"},
	    {501, "Not Implemented"},
	    {503, "Service Unavailable"},
	    {505, "HTTP Version Not Supported"},
	};
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Error";
}

/* A head is written into memory that was asked for once. */
struct pen {
	char *at;
};

static void
put(struct pen *pen, const char *text, size_t n)
{
	memcpy(pen->at, text, n);
	pen->at += n;
}

static void
put_text(struct pen *pen, const char *text)
{
	put(pen, text, strlen(text));
}

static void
put_number(struct pen *pen, uint64_t value)
{
	char digits[20];
	size_t i = sizeof(digits);

	do {
		digits[--i] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	put(pen, digits + i, sizeof(digits) - i);
}

static void
put_field(struct pen *pen, const char *name, const char *value)
{
	if (!value)
		return;
	put_text(pen, name);
	put_text(pen, value);
	put(pen, "\r\n", 2);
}

static void
put_content_range(struct pen *pen, const struct range *range, uint64_t size)
{
	put_text(pen, "Content-Range: bytes ");
	if (range) {
		put_number(pen, range->first);
		put(pen, "-", 1);
		put_number(pen, range->first + range->length - 1);
	} else {
		put(pen, "*", 1);
	}
	put(pen, "/", 1);
	put_number(pen, size);
	put(pen, "\r\n", 2);
}

static void
put_body_fields(struct pen *pen, const struct reply *r)
{
	/* the boundary stands last and bare: clients cut it off so */
	if (r->boundary)
		put_field(pen, "Content-Type: multipart/byteranges; boundary=",
		    r->boundary);
	else
		put_field(pen, "Content-Type: ", r->type);
	if (!r->no_length) {
		put_text(pen, "Content-Length: ");
		put_number(pen, r->length);
		put(pen, "\r\n", 2);
	}
	if (r->range || r->status == 416)
		put_content_range(pen, r->range, r->size);
}

int
reply_head(
    struct buf *to, const struct reply *r, const struct reply_common *common)
{
	size_t location = r->location ? strlen(r->location) : 0;
	struct pen pen = {.at = buf_room(to, 1024 + location)};

	if (!pen.at || location > REPLY_HEAD_MAX - 1024)
		return -1;
	put_text(&pen, "HTTP/1.1 ");
	put_number(&pen, (uint64_t)r->status);
	put(&pen, " ", 1);
	put_text(&pen, reply_reason(r->status));
	put_text(&pen, "\r\nServer: httpd-scope\r\nDate: ");
	put(&pen, common->date, DATE_LEN);
	put(&pen, "\r\n", 2);
	put_field(&pen, "HTTPD-Scope-ID: ", common->id);
	put_body_fields(&pen, r);
	put_field(&pen, "Last-Modified: ", r->modified);
	put_field(&pen, "ETag: ", r->etag);
	put_field(&pen, "Accept-Ranges: ", r->accept_ranges ? "bytes" : NULL);
	put_field(&pen, "Location: ", r->location);
	put_field(&pen, "Allow: ", r->allow ? "GET, HEAD, OPTIONS" : NULL);
	put_field(&pen, "Retry-After: ", r->retry_after ? "1" : NULL);
	put_field(&pen, "Content-Security-Policy: ",
	    r->page ? "default-src 'none'; style-src 'unsafe-inline'; "
		      "script-src '" LISTING_SCRIPT_HASH "'"
		    : NULL);
	put_field(&pen, "Connection: ", r->keep_alive ? "keep-alive" : "close");
	put(&pen, "\r\n", 2);
	buf_grow(to, (size_t)(pen.at - (to->data + to->len)));
	return 0;
}

int
reply_part(struct buf *to, const char *boundary, const char *type,
    const struct range *range, uint64_t size)
{
	struct pen pen = {.at = buf_room(to, 512)};

	if (!pen.at)
		return -1;
	put_text(&pen, "\r\n--");
	put_text(&pen, boundary);
	if (range) {
		put(&pen, "\r\n", 2);
		put_field(&pen, "Content-Type: ", type);
		put_content_range(&pen, range, size);
		put(&pen, "\r\n", 2);
	} else {
		put(&pen, "--\r\n", 4);
	}
	buf_grow(to, (size_t)(pen.at - (to->data + to->len)));
	return 0;
}

uint64_t
reply_parts_length(const char *boundary, const char *type,
    const struct range *ranges, size_t n, uint64_t size)
{
	struct buf head;
	uint64_t length = 0;
	size_t i;

	buf_init(&head, 1024);
	for (i = 0; i <= n; i++) {
		const struct range *r = i < n ? &ranges[i] : NULL;

		buf_clear(&head);
		reply_part(&head, boundary, type, r, size);
		length += head.len + (r ? r->length : 0);
	}
	buf_release(&head);
	return length;
}
