#include "http/view.h"

#include <string.h>
#include <strings.h>

struct view
view_of(const char *text)
{
	return (struct view){.p = text, .n = strlen(text)};
}

bool
view_is(struct view v, const char *text)
{
	return v.p && strlen(text) == v.n && !memcmp(v.p, text, v.n);
}

bool
view_is_nocase(struct view v, const char *text)
{
	return v.p && strlen(text) == v.n && !strncasecmp(v.p, text, v.n);
}

struct view
view_trim(struct view v)
{
	while (v.n && (*v.p == ' ' || *v.p == '\t')) {
		v.p++;
		v.n--;
	}
	while (v.n && (v.p[v.n - 1] == ' ' || v.p[v.n - 1] == '\t'))
		v.n--;
	return v;
}

bool
view_next_item(struct view *list, struct view *item)
{
	while (list->n) {
		bool quoted = false;
		size_t i;

		for (i = 0; i < list->n; i++) {
			if (list->p[i] == '"')
				quoted = !quoted;
			else if (list->p[i] == ',' && !quoted)
				break;
		}
		*item = view_trim((struct view){.p = list->p, .n = i});
		if (i < list->n)
			i++;
		list->p += i;
		list->n -= i;
		if (item->n)
			return true;
	}
	return false;
}
