#include "http/listing.h"

#include <stdlib.h>
#include <string.h>

#include "base/quote.h"
#include "http/date.h"
#include "http/path.h"

static const char page_head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>";
static const char page_style[] =
    "</title>\n<style>\n"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:1rem auto;"
    "padding:0 1rem}\n"
    "h1{font-size:1.3rem;overflow-wrap:anywhere}\n"
    "table{border-collapse:collapse;width:100%}\n"
    "td,th{padding:.25rem .5rem;text-align:left;vertical-align:top;"
    "border-bottom:1px solid #8884}\n"
    "th{cursor:pointer}\n"
    "td:first-child{overflow-wrap:anywhere}\n"
    "td+td,th+th{text-align:right;white-space:nowrap;"
    "font-variant-numeric:tabular-nums}\n"
    "tbody tr:hover{background:#8882}\n"
    "@media(max-width:34rem){td+td+td,th+th+th{display:none}}\n"
    "</style>\n</head>\n<body>\n<h1>";
static const char page_parent[] = "<p><a href=\"../\">../</a></p>\n";
static const char page_table[] =
    "<table>\n<thead><tr><th>Name</th><th>Size</th>"
    "<th>Modified (UTC)</th></tr></thead>\n<tbody>\n";
static const char page_rest[] =
    "<tr><td>(more entries are not shown)</td></tr>\n";
/* its hash stands in the header file */
static const char page_end[] =
    "</tbody>\n</table>\n<script>"
    "document.querySelectorAll(\"th\").forEach((h,i)=>h.onclick=()=>{"
    "let b=document.querySelector(\"tbody\"),d=h.d=-h.d||1,"
    "k=r=>{let s=(r.cells[i]||r).textContent;return i==1?+s||-1:s};"
    "[...b.rows].sort((x,y)=>(x=k(x),y=k(y),x>y?d:x<y?-d:0))"
    ".forEach(r=>b.append(r))})"
    "</script>\n</body>\n</html>\n";

enum {
	ESCAPE_MAX = 6, /* bytes that one byte may become: &quot; */
	ENCODE_MAX = 3, /* %22 */
	ROW_MAX = 160 /* bytes of a row besides the name, twice */
};

static char *
put(char *to, const char *text, size_t n)
{
	memcpy(to, text, n);
	return to + n;
}

#define PUT(to, text) put(to, text, sizeof(text) - 1)

/* Whether a character of two or three bytes is a C1 control, or one that
 * changes the direction of what follows, by which gnp.exe looks like exe.png:
 * U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069. */
static bool
is_misleading(const char *p, size_t len)
{
	const uint8_t *b = (const uint8_t *)p;

	if (len == 2)
		return (b[0] == 0xc2 && b[1] < 0xa0) ||
		    (b[0] == 0xd8 && b[1] == 0x9c);
	if (len != 3 || b[0] != 0xe2)
		return false;
	if (b[1] == 0x80)
		return b[2] == 0x8e || b[2] == 0x8f ||
		    (b[2] >= 0xaa && b[2] <= 0xae);
	return b[1] == 0x81 && b[2] >= 0xa6 && b[2] <= 0xa9;
}

/* Text of unknown origin as HTML; what is not UTF-8 or printable becomes a
 * replacement character. */
static char *
put_escaped(char *to, const char *p, size_t n)
{
	while (n) {
		size_t len = 1;

		if (*p == '&')
			to = PUT(to, "&amp;");
		else if (*p == '<')
			to = PUT(to, "&lt;");
		else if (*p == '>')
			to = PUT(to, "&gt;");
		else if (*p == '"')
			to = PUT(to, "&quot;");
		else if (*p >= ' ' && *p < 0x7f)
			*to++ = *p;
		else if (!(*p & 0x80) || !(len = quote_utf8_len(p, n)) ||
		    is_misleading(p, len))
			to = PUT(to, "\xef\xbf\xbd");
		else
			to = put(to, p, len);
		p += len ? len : 1;
		n -= len ? len : 1;
	}
	return to;
}

static char *
put_number(char *to, uint64_t value, size_t digits)
{
	char text[20];
	size_t i = sizeof(text);

	do {
		text[--i] = (char)('0' + value % 10);
		value /= 10;
	} while (value || sizeof(text) - i < digits);
	return put(to, text + i, sizeof(text) - i);
}

static char *
put_time(char *to, int64_t seconds)
{
	struct date d = date_split(seconds);

	to = put_number(to, d.year > 0 ? (uint64_t)d.year : 0, 4);
	*to++ = '-';
	to = put_number(to, (uint64_t)d.month, 2);
	*to++ = '-';
	to = put_number(to, (uint64_t)d.day, 2);
	*to++ = ' ';
	to = put_number(to, (uint64_t)d.hour, 2);
	*to++ = ':';
	return put_number(to, (uint64_t)d.minute, 2);
}

static int
put_row(struct buf *buf, const struct listing_entry *e)
{
	char *to;

	if (!buf_room(buf, ROW_MAX + (ENCODE_MAX + ESCAPE_MAX) * e->len))
		return -1;
	/* "./" keeps a colon in a name from being read as a scheme */
	buf_puts(buf, "<tr><td><a href=\"./");
	path_encode(buf, e->name, e->len);
	to = buf->data + buf->len;
	if (e->directory)
		*to++ = '/';
	to = PUT(to, "\">");
	to = put_escaped(to, e->name, e->len);
	if (e->directory)
		to = PUT(to, "/</a></td><td>-");
	else
		to = put_number(PUT(to, "</a></td><td>"), e->size, 1);
	to = put_time(PUT(to, "</td><td>"), e->modified);
	to = PUT(to, "</td></tr>\n");
	buf_grow(buf, (size_t)(to - (buf->data + buf->len)));
	return 0;
}

static int
put_path(struct buf *buf, const char *path)
{
	size_t n = strlen(path);
	char *to = buf_room(buf, 2 + ESCAPE_MAX * n);

	if (!to)
		return -1;
	*to++ = '/';
	to = put_escaped(to, path, n);
	if (n)
		*to++ = '/';
	buf_grow(buf, (size_t)(to - (buf->data + buf->len)));
	return 0;
}

/* The first seven bytes of a name and whether it is a directory, as a number
 * that sorts like them. */
static uint64_t
key_of(const struct listing_entry *e)
{
	uint64_t key = e->directory ? 0 : 1;
	size_t i;

	for (i = 0; i < 7; i++)
		key = key << 8 | (i < e->len ? (uint8_t)e->name[i] : 0);
	return key;
}

static int
compare(const void *a, const void *b)
{
	const struct listing_entry *x = a, *y = b;
	size_t n = x->len < y->len ? x->len : y->len;
	int order;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	order = memcmp(x->name, y->name, n);
	if (order)
		return order;
	return (x->len > y->len) - (x->len < y->len);
}

int
listing_page(struct buf *to, const char *path, struct listing_entry *entries,
    size_t n, bool complete)
{
	size_t i;
	int ret;

	for (i = 0; i < n; i++)
		entries[i].key = key_of(&entries[i]);
	if (n)
		qsort(entries, n, sizeof(*entries), compare);
	ret = buf_puts(to, page_head);
	ret |= put_path(to, path);
	ret |= buf_puts(to, page_style);
	ret |= put_path(to, path);
	ret |= buf_puts(to, "</h1>\n");
	if (*path)
		ret |= buf_puts(to, page_parent);
	ret |= buf_puts(to, page_table);
	for (i = 0; i < n && !ret; i++)
		ret |= put_row(to, &entries[i]);
	if (!complete)
		ret |= buf_puts(to, page_rest);
	ret |= buf_puts(to, page_end);
	return ret ? -1 : 0;
}
