#include "ssh/alglist.h"

#include <string.h>

#include "base/mem.h"
#include "hosts/pattern.h"

/* The next name of a list, as a copy of the caller's; NULL at its end. */
static char *
next_name(const char **list)
{
	const char *start = *list + strspn(*list, ",");
	size_t n = strcspn(start, ",");

	*list = start + n;
	return n ? mem_strndup(start, n) : NULL;
}

bool
alglist_has(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (; list && *list; list += strspn(list, ",")) {
		size_t len = strcspn(list, ",");

		if (len == n && !memcmp(list, name, n))
			return true;
		list += len;
	}
	return false;
}

static void
put(struct buf *to, size_t start, const char *name)
{
	if (!alglist_has(buf_str(to) + start, name))
		buf_printf(to, "%s%s", to->len > start ? "," : "", name);
}

/* Appends the names of a list that match the pattern. */
static void
put_matching(
    struct buf *to, size_t start, const char *list, const char *pattern)
{
	char *name;

	while ((name = next_name(&list))) {
		if (pattern_match(name, pattern))
			put(to, start, name);
		mem_free(name);
	}
}

/* Appends what the patterns of a list stand for. */
static void
put_patterns(
    struct buf *to, size_t start, const char *patterns, const char *supported)
{
	char *pattern;

	while ((pattern = next_name(&patterns))) {
		put_matching(to, start, supported, pattern);
		mem_free(pattern);
	}
}

static void
put_without(struct buf *to, size_t start, const char *list,
    const char *supported, const char *patterns)
{
	char *name;

	while ((name = next_name(&list))) {
		if (alglist_has(supported, name) &&
		    pattern_list_match(name, patterns) <= 0)
			put(to, start, name);
		mem_free(name);
	}
}

void
alglist_make(struct buf *to, const char *given, const char *defaults,
    const char *supported)
{
	size_t start = to->len;
	char how = given && *given ? *given : '+';
	const char *names = given ? given + (strchr("+-^", how) != NULL) : "";

	if (given && !*given)
		names = "";
	if (how == '-') {
		put_without(to, start, defaults, supported, names);
		return;
	}
	if (how != '+')
		put_patterns(to, start, names, supported);
	if (how == '+' || how == '^')
		put_without(to, start, defaults, supported, "");
	if (how == '+')
		put_patterns(to, start, names, supported);
}
