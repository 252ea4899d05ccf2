#include "hosts/jump.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "hosts/list.h"

/* ssh lets any host stand in brackets; here they hold IPv6 addresses alone. */
static void
remove_brackets(char *hop)
{
	char *user_end = strrchr(hop, '@');
	char *open = user_end ? user_end + 1 : hop;
	char *close = strchr(open, ']');

	if (*open != '[' || !close || (close[1] && close[1] != ':') ||
	    memchr(open, ':', (size_t)(close - open)))
		return;
	memmove(close, close + 1, strlen(close));
	memmove(open, open + 1, strlen(open));
}

/* A hop as host_list_add takes it; the caller's, or NULL. */
static char *
parse_hop(const char *text, size_t n, struct fault *f)
{
	static const char scheme[] = "ssh://";
	char *hop;

	if (n >= strlen(scheme) && !strncasecmp(text, scheme, strlen(scheme))) {
		text += strlen(scheme);
		n -= strlen(scheme);
		while (n && text[n - 1] == '/')
			n--;
	}
	hop = mem_strndup(text, n);
	remove_brackets(hop);
	if (host_list_is_plain(hop))
		return hop;
	fault_set(f, FAULT_USAGE, 0, "proxyjump: not a host: %s", hop);
	mem_free(hop);
	return NULL;
}

int
jump_parse(struct words *hops, const char *text, struct fault *f)
{
	for (;;) {
		size_t n = strcspn(text, ",");
		char *hop = parse_hop(text, n, f);

		if (!hop)
			return -1;
		words_add(hops, hop);
		mem_free(hop);
		if (!text[n])
			return 0;
		text += n + 1;
	}
}
