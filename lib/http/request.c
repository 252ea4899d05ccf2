#include "http/request.h"

#include <string.h>
#include <strings.h>

#include "base/num.h"

/* Characters of a token (RFC 9110 5.6.2) and of a field's value (5.5). */
enum { IS_TOKEN = 1, IS_VALUE = 2, IS_TARGET = 4, IS_HOST = 8 };

static const struct {
	const char *name;
	size_t len;
	enum field field;
} known_fields[] = {
    {"host", 4, FIELD_HOST},
    {"range", 5, FIELD_RANGE},
    {"if-range", 8, FIELD_IF_RANGE},
    {"if-match", 8, FIELD_IF_MATCH},
    {"if-none-match", 13, FIELD_IF_NONE_MATCH},
    {"if-modified-since", 17, FIELD_IF_MODIFIED_SINCE},
    {"if-unmodified-since", 19, FIELD_IF_UNMODIFIED_SINCE},
    {"content-length", 14, FIELD_CONTENT_LENGTH},
    {"transfer-encoding", 17, FIELD_TRANSFER_ENCODING},
    {"expect", 6, FIELD_EXPECT},
    {"referer", 7, FIELD_REFERER},
    {"user-agent", 10, FIELD_USER_AGENT},
};

/* Which of them each byte is. */
static const uint8_t kinds[256] = {
    /* clang-format off */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    2, 15, 6, 3, 15, 15, 15, 15, 14, 14, 15, 15, 14, 15, 15, 6,
    15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 6, 14, 6, 14, 6, 6,
    6, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
    15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 6, 6, 6, 7, 15,
    7, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
    15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 6, 7, 6, 15, 0,
    6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6,
    6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6,
    6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6,
    6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6,
    6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6,
    6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6,
    6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6,
    6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6,
    /* clang-format on */
};

static bool
all_of(struct view v, int kind)
{
	size_t i;

	for (i = 0; i < v.n; i++)
		if (!(kinds[(uint8_t)v.p[i]] & kind))
			return false;
	return true;
}

size_t
request_end(const char *bytes, size_t n, size_t from)
{
	const char *end = bytes + n, *p;

	/* the end may have begun with the last bytes seen before */
	p = bytes + (from > 3 ? from - 3 : 0);
	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		p++;
		if (p < end && *p == '\n')
			return (size_t)(p + 1 - bytes);
		if (end - p >= 2 && p[0] == '\r' && p[1] == '\n')
			return (size_t)(p + 2 - bytes);
	}
	return 0;
}

size_t
request_blank(const char *bytes, size_t n)
{
	size_t i = 0;

	while (n - i >= 2 && bytes[i] == '\r' && bytes[i + 1] == '\n')
		i += 2;
	return i;
}

/* Cuts off the line that ends with CRLF.  false where it ends otherwise. */
static bool
next_line(struct view *rest, struct view *line)
{
	const char *lf = memchr(rest->p, '\n', rest->n);
	size_t n;

	if (!lf) {
		*line = *rest;
		return false;
	}
	n = (size_t)(lf - rest->p);
	*line = (struct view){.p = rest->p, .n = n};
	rest->p += n + 1;
	rest->n -= n + 1;
	if (!n || lf[-1] != '\r')
		return false;
	line->n--;
	return true;
}

static enum method
method_of(struct view v)
{
	if (view_is(v, "GET"))
		return METHOD_GET;
	if (view_is(v, "HEAD"))
		return METHOD_HEAD;
	if (view_is(v, "OPTIONS"))
		return METHOD_OPTIONS;
	return METHOD_OTHER;
}

static int
parse_version(struct request *r, struct view v)
{
	if (v.n != 8 || memcmp(v.p, "HTTP/", 5) || v.p[6] != '.' ||
	    v.p[5] < '0' || v.p[5] > '9' || v.p[7] < '0' || v.p[7] > '9')
		return 400;
	if (v.p[5] != '1')
		return 505;
	r->minor = v.p[7] == '0' ? 0 : 1;
	return 0;
}

static int
parse_line(struct request *r)
{
	struct view v = r->line, method, version;
	const char *blank = memchr(v.p, ' ', v.n);
	const char *last = memrchr(v.p, ' ', v.n);
	int status;

	if (!blank || blank == last)
		return 400;
	method = (struct view){v.p, (size_t)(blank - v.p)};
	r->target = (struct view){blank + 1, (size_t)(last - blank - 1)};
	version = (struct view){last + 1, (size_t)(v.p + v.n - last - 1)};
	status = parse_version(r, version);
	if (status)
		return status;
	if (!method.n || !all_of(method, IS_TOKEN) || !r->target.n ||
	    !all_of(r->target, IS_TARGET))
		return 400;
	r->method = method_of(method);
	r->keep_alive = r->minor == 1;
	return 0;
}

/* A field that may stand several times: the last word of it that we know
 * counts, and close counts more than keep-alive. */
static void
parse_connection(struct request *r, struct view list, bool *closes)
{
	struct view item;

	while (view_next_item(&list, &item)) {
		if (view_is_nocase(item, "close"))
			*closes = true;
		else if (view_is_nocase(item, "keep-alive"))
			r->keep_alive = true;
	}
}

static int
store_field(
    struct request *r, struct view name, struct view value, bool *closes)
{
	size_t i;

	for (i = 0; i < sizeof(known_fields) / sizeof(*known_fields); i++) {
		struct view *to = &r->field[known_fields[i].field];

		if (known_fields[i].len != name.n ||
		    strncasecmp(name.p, known_fields[i].name, name.n))
			continue;
		if (to->p)
			return 400;
		*to = value;
		return 0;
	}
	if (name.n == 10 && !strncasecmp(name.p, "connection", 10))
		parse_connection(r, value, closes);
	return 0;
}

static int
parse_field(struct request *r, struct view line, bool *closes)
{
	const char *colon = memchr(line.p, ':', line.n);
	struct view name, value;

	if (!colon || colon == line.p)
		return 400;
	name = (struct view){line.p, (size_t)(colon - line.p)};
	value = (struct view){colon + 1, line.n - name.n - 1};
	if (!all_of(name, IS_TOKEN) || !all_of(value, IS_VALUE))
		return 400;
	return store_field(r, name, view_trim(value), closes);
}

static int
check_body(struct request *r)
{
	struct view length = r->field[FIELD_CONTENT_LENGTH];
	struct view coding = r->field[FIELD_TRANSFER_ENCODING];
	struct view expect = r->field[FIELD_EXPECT];

	if (length.p && num_parse(length.p, length.n, INT64_MAX, &r->length))
		return 400;
	if (coding.p) {
		if (length.p || r->minor == 0)
			return 400;
		if (!view_is_nocase(coding, "chunked"))
			return 501;
		r->chunked = true;
	}
	if (expect.p && r->minor == 1) {
		if (!view_is_nocase(expect, "100-continue"))
			return 417;
		r->expects_continue = true;
	}
	return 0;
}

static int
check_host(const struct request *r)
{
	struct view host = r->field[FIELD_HOST];

	if (!host.p)
		return r->minor == 0 ? 0 : 400;
	return request_valid_host(host) ? 0 : 400;
}

static int
parse_fields(struct request *r, struct view rest)
{
	struct view line;
	bool closes = false;
	int count = 0, status;

	for (;;) {
		if (!next_line(&rest, &line))
			return 400;
		if (!line.n)
			break;
		if (++count > REQUEST_FIELDS_MAX)
			return 431;
		status = parse_field(r, line, &closes);
		if (status)
			return status;
	}
	if (closes)
		r->keep_alive = false;
	return 0;
}

int
request_parse(struct request *r, const char *bytes, size_t n)
{
	struct view rest = {bytes, n};
	int status;

	memset(r, 0, sizeof(*r));
	r->method = METHOD_OTHER;
	if (!next_line(&rest, &r->line))
		return 400;
	if (r->line.n > REQUEST_LINE_MAX)
		return 414;
	status = parse_line(r);
	if (!status)
		status = parse_fields(r, rest);
	if (!status)
		status = check_host(r);
	if (!status)
		status = check_body(r);
	return status;
}

static bool
valid_port(struct view v)
{
	uint64_t port;

	/* an empty port is the default one (RFC 3986 3.2.3) */
	return v.n == 0 || num_parse(v.p, v.n, 65535, &port) == 0;
}

static bool
valid_literal(struct view v)
{
	const char *end = memchr(v.p, ']', v.n);
	size_t i, n;

	if (!end || end == v.p + 1)
		return false;
	n = (size_t)(end - v.p);
	for (i = 1; i < n; i++)
		if (num_hex_digit(v.p[i]) < 0 && !strchr(":.", v.p[i]))
			return false;
	if (n + 1 == v.n)
		return true;
	return end[1] == ':' && valid_port((struct view){end + 2, v.n - n - 2});
}

bool
request_valid_host(struct view v)
{
	const char *colon;
	struct view name = v;

	if (!v.n || v.n > 255 + 6)
		return false;
	if (v.p[0] == '[')
		return valid_literal(v);
	colon = memchr(v.p, ':', v.n);
	if (colon) {
		name.n = (size_t)(colon - v.p);
		if (!valid_port((struct view){colon + 1, v.n - name.n - 1}))
			return false;
	}
	return name.n && all_of(name, IS_HOST);
}
