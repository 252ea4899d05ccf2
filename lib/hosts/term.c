#include "hosts/term.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/num.h"
#include "hosts/list.h"

/* The text under parsing. */
struct cursor {
	const char *text;
	size_t at, end; /* of this term */
	struct range_error *error;
};

static int
fail_at(struct cursor *c, size_t at, const char *cause)
{
	*c->error = (struct range_error){.cause = cause, .at = at};
	return -1;
}

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

/* ssh refuses most of these too: users reach shells through ProxyCommand. */
static bool
is_user_char(char c)
{
	return (unsigned char)c > ' ' && c != 0x7f &&
	    !strchr("'`\";&<>|(){}[]!#$*?~^\\/,:", c);
}

/* Commas within brackets do not end a term. */
static size_t
term_end(const char *text, size_t n, size_t at)
{
	bool in_bracket = false;

	for (; at < n; at++) {
		if (text[at] == '[')
			in_bracket = true;
		else if (text[at] == ']')
			in_bracket = false;
		else if (text[at] == ',' && !in_bracket)
			break;
	}
	return at;
}

/* The user stands before the last `@`. */
static int
parse_user(struct term *t, struct cursor *c)
{
	size_t i, sign = c->end;

	for (i = c->at; i < c->end; i++)
		if (c->text[i] == '@')
			sign = i;
	if (sign == c->end)
		return 0;
	if (term_check_user(c->text + c->at, sign - c->at, c->error)) {
		c->error->at += c->at;
		return -1;
	}
	t->user = c->text + c->at;
	t->user_len = sign - c->at;
	c->at = sign + 1;
	return 0;
}

static int
parse_port(struct term *t, struct cursor *c)
{
	uint64_t port;

	if (c->at == c->end)
		return 0;
	if (c->text[c->at] != ':')
		return fail_at(c, c->at, "only :port may stand here");
	c->at++;
	if (memchr(c->text + c->at, ':', c->end - c->at))
		return fail_at(
		    c, c->at, "an IPv6 address stands in brackets, [::1]:22");
	if (num_parse(c->text + c->at, c->end - c->at, 65535, &port) ||
	    port == 0)
		return fail_at(c, c->at, "a port is a number up to 65535");
	t->port = (int)port;
	c->at = c->end;
	return 0;
}

static int
check_ipv6(struct cursor *c, size_t start, size_t n)
{
	char address[INET6_ADDRSTRLEN];
	unsigned char bytes[16];
	const char *zone = memchr(c->text + start, '%', n);
	size_t len = zone ? (size_t)(zone - c->text) - start : n, i;

	if (n > HOST_NAME_LEN_MAX || len >= sizeof(address))
		return fail_at(c, start, "not an IPv6 address");
	memcpy(address, c->text + start, len);
	address[len] = '\0';
	if (inet_pton(AF_INET6, address, bytes) != 1)
		return fail_at(c, start, "not an IPv6 address");
	if (zone && len + 1 == n)
		return fail_at(c, start + len, "an empty zone");
	for (i = len + 1; i < n; i++)
		if (!is_name_char(c->text[start + i]))
			return fail_at(
			    c, start + i, "a zone must not hold this");
	return 0;
}

static int
add_literal(struct term *t, struct cursor *c, size_t start, size_t n)
{
	if (t->count == TERM_PIECES_MAX)
		return fail_at(c, start, "too many brackets in one name");
	t->pieces[t->count++] =
	    (struct term_piece){.text = c->text + start, .len = n};
	return 0;
}

/* At a bracket: of ranges, or around a whole IPv6 address. */
static int
parse_bracket(struct term *t, struct cursor *c)
{
	size_t open = c->at, start = open + 1, n;
	const char *close = memchr(c->text + open, ']', c->end - open);

	if (!close)
		return fail_at(c, open, "this bracket is never closed");
	n = (size_t)(close - c->text) - start;
	c->at = start + n + 1;
	if (memchr(c->text + start, ':', n)) {
		if (t->count || (c->at < c->end && c->text[c->at] != ':'))
			return fail_at(
			    c, open, "an IPv6 address is a whole name");
		return check_ipv6(c, start, n) || add_literal(t, c, start, n)
		    ? -1
		    : 0;
	}
	if (add_literal(t, c, start, n))
		return -1;
	t->pieces[t->count - 1].text = NULL;
	if (range_set_parse(
		&t->pieces[t->count - 1].range, c->text + start, n, c->error)) {
		c->error->at += start;
		return -1;
	}
	return 0;
}

static int
parse_literal(struct term *t, struct cursor *c)
{
	size_t start = c->at;

	while (c->at < c->end && is_name_char(c->text[c->at]))
		c->at++;
	if (c->at > start)
		return add_literal(t, c, start, c->at - start);
	if (c->text[start] == ']')
		return fail_at(c, start, "this bracket was not opened");
	return fail_at(c, start, "a name must not hold this");
}

static int
parse_name(struct term *t, struct cursor *c)
{
	int ret = 0;

	if (c->at == c->end || c->text[c->at] == ':')
		return fail_at(c, c->at, "a name is missing");
	if (c->text[c->at] == '-')
		return fail_at(c, c->at, "a name must not begin with -");
	if (c->text[c->at] == '.')
		return fail_at(c, c->at, "a name must not begin with a dot");
	while (!ret && c->at < c->end && c->text[c->at] != ':')
		ret = c->text[c->at] == '[' ? parse_bracket(t, c)
					    : parse_literal(t, c);
	return ret ? ret : parse_port(t, c);
}

static int
parse_group(struct term *t, struct cursor *c)
{
	size_t start = ++c->at;

	t->is_group = true;
	while (c->at < c->end && is_name_char(c->text[c->at]))
		c->at++;
	if (c->at < c->end)
		return fail_at(c, c->at, "a group's name must not hold this");
	if (c->at == start)
		return fail_at(c, start, "a group's name is missing");
	if (c->text[start] == '.' || c->text[start] == '-')
		return fail_at(
		    c, start, "a group's name must not begin with this");
	if (c->at - start > HOST_NAME_LEN_MAX)
		return fail_at(c, start, "the group's name is too long");
	return add_literal(t, c, start, c->at - start);
}

/* No name that it makes is longer than a name may be. */
static int
check_length(const struct term *t, struct cursor *c, size_t start)
{
	size_t i, sum = 0;

	for (i = 0; i < t->count; i++)
		sum += t->pieces[i].text ? t->pieces[i].len : RANGE_DIGITS_MAX;
	if (sum > HOST_NAME_LEN_MAX)
		return fail_at(c, start, "the name is too long");
	return 0;
}

int
term_parse(struct term *t, const char *text, size_t n, size_t *at,
    struct range_error *e)
{
	struct cursor c = {.text = text, .at = *at, .error = e};
	int ret;

	*t = (struct term){0};
	c.end = term_end(text, n, *at);
	if (c.at < c.end && text[c.at] == '!') {
		t->is_excluded = true;
		c.at++;
	}
	if (c.at == c.end)
		return fail_at(&c, *at, "an empty term");
	if (text[c.at] == '@')
		ret = parse_group(t, &c);
	else
		ret = parse_user(t, &c) || parse_name(t, &c) ||
			check_length(t, &c, *at)
		    ? -1
		    : 0;
	*at = c.end;
	if (ret)
		term_release(t);
	return ret;
}

int
term_check_user(const char *text, size_t n, struct range_error *e)
{
	struct cursor c = {.text = text, .end = n, .error = e};
	size_t i;

	if (n == 0)
		return fail_at(&c, 0, "an empty user");
	if (text[0] == '-')
		return fail_at(&c, 0, "a user must not begin with -");
	if (n > HOST_NAME_LEN_MAX)
		return fail_at(&c, 0, "the user is too long");
	for (i = 0; i < n; i++)
		if (!is_user_char(text[i]))
			return fail_at(&c, i, "a user must not hold this");
	/* user@@x: x would be a host, where a group was meant */
	if (text[n - 1] == '@')
		return fail_at(&c, n - 1, "a user must not end with @");
	return 0;
}

void
term_release(struct term *t)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		range_set_release(&t->pieces[i].range);
	t->count = 0;
}

uint64_t
term_count(const struct term *t)
{
	uint64_t product = 1;
	size_t i;

	for (i = 0; i < t->count; i++) {
		uint64_t n = t->pieces[i].text
		    ? 1
		    : range_set_count(&t->pieces[i].range);

		if (n > UINT32_MAX || product * n > UINT32_MAX)
			return UINT32_MAX;
		product *= n;
	}
	return product;
}

/* Puts a bracket at the beginning of one of its ranges. */
static void
enter_item(struct term_walk *w, size_t piece, size_t item)
{
	w->items[piece] = item;
	w->values[piece] = w->term->pieces[piece].range.items[item].first;
}

void
term_walk_start(struct term_walk *w, const struct term *t)
{
	size_t p;

	*w = (struct term_walk){.term = t};
	for (p = 0; p < t->count; p++)
		if (!t->pieces[p].text)
			enter_item(w, p, 0);
}

bool
term_walk_next(struct term_walk *w)
{
	size_t p;

	for (p = w->term->count; p-- > 0;) {
		const struct range_set *r = &w->term->pieces[p].range;
		const struct range *item;

		if (w->term->pieces[p].text)
			continue;
		item = &r->items[w->items[p]];
		if (item->last - w->values[p] >= item->step) {
			w->values[p] += item->step;
			return true;
		}
		if (w->items[p] + 1 < r->count) {
			enter_item(w, p, w->items[p] + 1);
			return true;
		}
		enter_item(w, p, 0);
	}
	return false;
}

void
term_walk_name(const struct term_walk *w, struct buf *to)
{
	const struct term_piece *piece = w->term->pieces;
	size_t p;

	buf_clear(to);
	for (p = 0; p < w->term->count; p++, piece++) {
		if (piece->text)
			buf_append(to, piece->text, piece->len);
		else
			range_print(to, w->values[p],
			    piece->range.items[w->items[p]].width);
	}
}
