#include "http/path.h"

#include <string.h>
#include <strings.h>

#include "base/num.h"
#include "http/request.h"

/* Takes http://authority off.  0 or a status. */
static int
cut_authority(struct view *target)
{
	struct view host;
	size_t i;

	if (target->n < 7 || strncasecmp(target->p, "http://", 7))
		return 400;
	target->p += 7;
	target->n -= 7;
	for (i = 0; i < target->n; i++)
		if (target->p[i] == '/' || target->p[i] == '?')
			break;
	host = (struct view){target->p, i};
	if (!request_valid_host(host))
		return 400;
	target->p += i;
	target->n -= i;
	return 0;
}

/* The byte that %XX stands for; 0, which is never meant, where it is none. */
static char
escaped(const char *p, size_t n)
{
	int high = n > 2 ? num_hex_digit(p[1]) : -1;
	int low = high < 0 ? -1 : num_hex_digit(p[2]);

	return (char)(low < 0 ? 0 : high * 16 + low);
}

static int
decode(struct path *p, struct view v)
{
	size_t i;

	for (i = 0; i < v.n; i++) {
		char c = v.p[i];

		if (c == '%') {
			c = escaped(v.p + i, v.n - i);
			i += 2;
		}
		if (c == '\0')
			return 400;
		if (p->len == PATH_LEN_MAX)
			return 414;
		p->name[p->len++] = c;
	}
	return 0;
}

static bool
is_dots(const char *segment, size_t n, size_t dots)
{
	return n == dots && segment[0] == '.' && segment[n - 1] == '.';
}

/* Length of the name without its last segment ("a/b/" becomes "a/"). */
static size_t
without_last(const char *name, size_t n)
{
	do
		n--;
	while (n > 0 && name[n - 1] != '/');
	return n;
}

/* Removes empty and dot segments in place (RFC 3986 5.2.4).  0, or 400 where
 * the path climbs above the root. */
static int
normalize(struct path *p)
{
	size_t from = 0, to = 0;

	while (from < p->len) {
		const char *segment = p->name + from;
		const char *slash = memchr(segment, '/', p->len - from);
		size_t n = slash ? (size_t)(slash - segment) : p->len - from;
		bool up = is_dots(segment, n, 2), here = is_dots(segment, n, 1);

		from += slash ? n + 1 : n;
		p->slash = slash || up || here;
		if (up && to == 0)
			return 400;
		if (up) {
			to = without_last(p->name, to);
		} else if (n > 0 && !here) {
			memmove(p->name + to, segment, n);
			to += n;
			p->name[to++] = '/';
		}
	}
	p->len = to ? to - 1 : 0;
	return 0;
}

int
path_parse(struct path *p, struct view target)
{
	const char *mark;
	int status = 0;

	p->len = 0;
	p->slash = true;
	p->name[0] = '\0';
	if (!target.n || target.p[0] != '/')
		status = cut_authority(&target);
	if (status)
		return status;
	mark = memchr(target.p, '?', target.n);
	p->query = (struct view){target.p + target.n, 0};
	if (mark) {
		p->query.p = mark;
		p->query.n = target.n - (size_t)(mark - target.p);
		target.n -= p->query.n;
	}
	status = decode(p, target);
	if (!status)
		status = normalize(p);
	if (status)
		p->len = 0;
	p->name[p->len] = '\0';
	return status;
}

int
path_encode(struct buf *to, const char *name, size_t n)
{
	static const char digits[] = "0123456789ABCDEF";
	char *out = buf_room(to, 3 * n);
	size_t i, len = 0;

	if (!out)
		return -1;
	for (i = 0; i < n; i++) {
		char c = name[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '/' || c == '-' ||
		    c == '.' || c == '_' || c == '~') {
			out[len++] = c;
			continue;
		}
		out[len++] = '%';
		out[len++] = digits[(uint8_t)c >> 4];
		out[len++] = digits[(uint8_t)c & 15];
	}
	buf_grow(to, len);
	return 0;
}
