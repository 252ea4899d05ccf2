#include "hosts/pattern.h"

#include <string.h>
#include <strings.h>

static bool
same_char(char a, char b, bool nocase)
{
	if (nocase && a >= 'A' && a <= 'Z')
		a = (char)(a - 'A' + 'a');
	if (nocase && b >= 'A' && b <= 'Z')
		b = (char)(b - 'A' + 'a');
	return a == b;
}

/* Going back to the last asterisk alone is enough, and never exponential. */
static bool
match_span(const char *text, const char *pattern, const char *end, bool nocase)
{
	const char *star = NULL, *resume = text;

	while (*text) {
		if (pattern < end && *pattern == '*') {
			star = pattern++;
			resume = text;
		} else if (pattern < end &&
		    (*pattern == '?' || same_char(*pattern, *text, nocase))) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++resume;
		} else {
			return false;
		}
	}
	while (pattern < end && *pattern == '*')
		pattern++;
	return pattern == end;
}

bool
pattern_match(const char *text, const char *pattern)
{
	return match_span(text, pattern, pattern + strlen(pattern), false);
}

static int
list_match(const char *text, const char *list, bool nocase)
{
	int found = 0;

	while (*list) {
		bool negated = *list == '!';
		const char *end;

		list += negated;
		end = list + strcspn(list, ",");
		if (match_span(text, list, end, nocase)) {
			if (negated)
				return -1;
			found = 1;
		}
		list = *end ? end + 1 : end;
	}
	return found;
}

int
pattern_list_match(const char *text, const char *list)
{
	return list_match(text, list, false);
}

int
pattern_list_match_nocase(const char *text, const char *list)
{
	return list_match(text, list, true);
}
