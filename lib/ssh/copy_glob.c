#include "ssh/copy_glob.h"

#include <fnmatch.h>
#include <string.h>

#include "base/mem.h"

bool
copy_glob_is_pattern(const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (text[i] == '\\')
			i++;
		else if (strchr("*?[", text[i]))
			return true;
	}
	return false;
}

bool
copy_glob_matches(const char *pattern, const char *name, size_t n)
{
	char *text = mem_strndup(name, n);
	bool yes = strlen(text) == n && !fnmatch(pattern, text, FNM_PERIOD);

	mem_free(text);
	return yes;
}

char *
copy_glob_plain(const char *text, size_t n)
{
	char *plain = mem_alloc(n + 1, 1);
	size_t i, len = 0;

	for (i = 0; i < n; i++) {
		if (text[i] == '\\' && i + 1 < n)
			i++;
		plain[len++] = text[i];
	}
	return plain;
}
