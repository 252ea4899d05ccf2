#include "ssh/forwardspec.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"

enum { SPEC_PARTS = 4 };

/* Splits at colons outside of brackets, which are left out.  The number of
 * parts, or -1. */
static int
split(const char *text, char *parts[SPEC_PARTS])
{
	int n = 0;

	for (;;) {
		bool bracket = *text == '[';
		const char *start = text + bracket;
		size_t len = strcspn(start, bracket ? "]" : ":[]");
		const char *end = start + len + bracket;

		if (n == SPEC_PARTS || (bracket && start[len] != ']') ||
		    (*end && *end != ':'))
			break;
		parts[n++] = mem_strndup(start, len);
		if (!*end)
			return n;
		text = end + 1;
	}
	while (n > 0)
		mem_free(parts[--n]);
	return -1;
}

static int
parse_port(const char *text, int *port, int least)
{
	uint64_t value;

	if (num_parse_str(text, 65535, &value) || (int)value < least)
		return -1;
	*port = (int)value;
	return 0;
}

int
forwardspec_parse(struct forwardspec *to, const char *option, const char *text,
    struct fault *f)
{
	char *parts[SPEC_PARTS] = {0};
	int i, n = split(text, parts), first = n == SPEC_PARTS;

	*to = (struct forwardspec){0};
	if (n < SPEC_PARTS - 1 || !*parts[first + 1] ||
	    parse_port(parts[first], &to->port, 0) ||
	    parse_port(parts[first + 2], &to->host_port, 1)) {
		for (i = 0; i < n; i++)
			mem_free(parts[i]);
		return fault_set(f, FAULT_USAGE, 0,
		    "%s %s: [ADDRESS:]PORT:HOST:HOSTPORT wanted", option, text);
	}
	to->host = parts[first + 1];
	mem_free(parts[first]);
	mem_free(parts[first + 2]);
	if (first) {
		/* as with ssh, nothing before the colon is any address */
		to->address = **parts ? parts[0] : mem_strdup("*");
		if (!**parts)
			mem_free(parts[0]);
	}
	return 0;
}

void
forwardspec_release(struct forwardspec *s)
{
	mem_free(s->address);
	mem_free(s->host);
	*s = (struct forwardspec){0};
}
