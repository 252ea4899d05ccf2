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
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:1em auto;"
    "padding:0 1em}\n"
    "table{border-collapse:collapse;width:100%}\n"
    "td,th{padding:.2em .6em;text-align:left;"
    "border-bottom:1px solid #8884}\n"
    "td:first-child{overflow-wrap:anywhere}\n"
    "td+td,th+th{text-align:right;white-space:nowrap;"
    "font-variant-numeric:tabular-nums}\n"
    "tr:hover td{background:#8882}\n"
    "@media(max-width:34em){td+td+td,th+th+th{display:none}}\n"
    "</style>\n</head>\n<body>\n<h1>";
static const char page_table[] =
    "</h1>\n<table>\n<thead><tr><th>Name</th><th>Size</th>"
    "<th>Modified (UTC)</th></tr></thead>\n<tbody>\n";
static const char page_end[] = "</tbody>\n</table>\n</body>\n</html>\n";

/* Text of unknown origin as HTML; what is not UTF-8 or printable becomes a
 * replacement character. */
static int
put_escaped(struct buf *to, const char *p, size_t n)
{
	int ret = 0;

	while (n) {
		size_t len = quote_utf8_len(p, n);

		if (*p == '&')
			ret |= buf_puts(to, "&amp;");
		else if (*p == '<')
			ret |= buf_puts(to, "&lt;");
		else if (*p == '>')
			ret |= buf_puts(to, "&gt;");
		else if (*p == '"')
			ret |= buf_puts(to, "&quot;");
		else if (!len || (uint8_t)*p < ' ' || *p == 0x7f)
			ret |= buf_puts(to, "\xef\xbf\xbd");
		else
			ret |= buf_append(to, p, len);
		p += len ? len : 1;
		n -= len ? len : 1;
	}
	return ret;
}

static int
compare(const void *a, const void *b)
{
	const struct listing_entry *x = a, *y = b;
	size_t n = x->len < y->len ? x->len : y->len;
	int order;

	if (x->directory != y->directory)
		return x->directory ? -1 : 1;
	order = memcmp(x->name, y->name, n);
	if (order)
		return order;
	return (x->len > y->len) - (x->len < y->len);
}

static int
put_row(struct buf *to, const struct listing_entry *e)
{
	const char *slash = e->directory ? "/" : "";
	struct date d = date_split(e->modified);
	int ret;

	/* "./" keeps a colon in a name from being read as a scheme */
	ret = buf_puts(to, "<tr><td><a href=\"./");
	ret |= path_encode(to, e->name, e->len);
	ret |= buf_printf(to, "%s\">", slash);
	ret |= put_escaped(to, e->name, e->len);
	ret |= buf_printf(to, "%s</a></td><td>", slash);
	if (e->directory)
		ret |= buf_puts(to, "-");
	else
		ret |= buf_printf(to, "%llu", (unsigned long long)e->size);
	ret |= buf_printf(to, "</td><td>%04lld-%02d-%02d %02d:%02d</td></tr>\n",
	    (long long)d.year, d.month, d.day, d.hour, d.minute);
	return ret;
}

int
listing_page(struct buf *to, const char *path, struct listing_entry *entries,
    size_t n, bool complete)
{
	size_t i, len = strlen(path);
	int ret;

	qsort(entries, n, sizeof(*entries), compare);
	ret = buf_puts(to, page_head);
	for (i = 0; i < 2; i++) {
		ret |= buf_puts(to, i ? page_style : "");
		ret |= buf_puts(to, "/");
		ret |= put_escaped(to, path, len);
		ret |= buf_puts(to, len ? "/" : "");
	}
	ret |= buf_puts(to, page_table);
	if (len)
		ret |= buf_puts(to,
		    "<tr><td><a href=\"../\">../</a></td><td></td>"
		    "<td></td></tr>\n");
	for (i = 0; i < n && !ret; i++)
		ret |= put_row(to, &entries[i]);
	if (!complete)
		ret |= buf_puts(
		    to, "<tr><td>(more entries are not shown)</td></tr>\n");
	ret |= buf_puts(to, page_end);
	return ret ? -1 : 0;
}
