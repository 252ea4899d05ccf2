/*
 * What an httpd-scope says about itself and those around it.
 */
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "ssh/blob.h"
#include "ssh/reach.h"

static int
copy_text(char *to, size_t size, const char *from, size_t n)
{
	if (n == 0 || n >= size)
		return -1;
	memcpy(to, from, n);
	to[n] = '\0';
	return 0;
}

/* http://ADDRESS:PORT/ */
static int
url_port(const char *url, int *port)
{
	const char *end = strrchr(url, ':');
	size_t n = end ? strspn(end + 1, "0123456789") : 0;
	uint64_t value;

	if (strncmp(url, "http://", 7) || !end ||
	    num_parse(end + 1, n, 65535, &value) || value == 0 ||
	    strcmp(end + 1 + n, "/"))
		return -1;
	*port = (int)value;
	return 0;
}

static int
fill(struct reach_server *s)
{
	if (strlen(s->id) != NONCE_LEN ||
	    strspn(s->id, "0123456789abcdef") != NONCE_LEN)
		return -1;
	return url_port(s->url, &s->port);
}

/* The next word of a text, copied; *text moves on. */
static int
next_word(const char **text, char *to, size_t size)
{
	size_t n = strcspn(*text, " ");

	if (copy_text(to, size, *text, n))
		return -1;
	*text += n + strspn(*text + n, " ");
	return 0;
}

/* "URL ID ADDRESS fixed" or "any" for each of the scopes around, innermost first. */
static int
read_outer(struct reach_env *env, const char *text)
{
	while (*text && env->n < REACH_SERVERS) {
		struct reach_server *s = &env->servers[env->n];
		char fixed[8];

		*s = (struct reach_server){0};
		if (next_word(&text, s->url, sizeof(s->url)) ||
		    next_word(&text, s->id, sizeof(s->id)) ||
		    next_word(&text, s->address, sizeof(s->address)) ||
		    next_word(&text, fixed, sizeof(fixed)) || fill(s))
			return -1;
		s->fixed = !strcmp(fixed, "fixed");
		env->n++;
	}
	return 0;
}

int
reach_env_read(struct reach_env *env, reach_lookup *lookup, struct fault *f)
{
	const char *url = lookup("HTTPD_SCOPE_URL");
	const char *id = lookup("HTTPD_SCOPE_ID");
	const char *address = lookup("HTTPD_SCOPE_ADDR");
	const char *outer = lookup("HTTPD_SCOPE_OUTER");
	struct reach_server *s = &env->servers[0];

	*env = (struct reach_env){0};
	if (!url)
		return 0;
	if (!address)
		address = "127.0.0.1";
	if (!id || copy_text(s->url, sizeof(s->url), url, strlen(url)) ||
	    copy_text(s->id, sizeof(s->id), id, strlen(id)) ||
	    copy_text(
		s->address, sizeof(s->address), address, strlen(address)) ||
	    fill(s))
		return fault_set(f, FAULT_USAGE, 0,
		    "HTTPD_SCOPE_URL and HTTPD_SCOPE_ID are not those of an "
		    "httpd-scope (--scope=off does without)");
	s->fixed = lookup("HTTPD_SCOPE_FIXED") != NULL;
	env->n = 1;
	if (outer && read_outer(env, outer))
		return fault_set(f, FAULT_USAGE, 0,
		    "HTTPD_SCOPE_OUTER is not that of an httpd-scope");
	return 0;
}

/* The next line, without its end; *head moves on. */
static struct blob
next_line(struct blob *head)
{
	const uint8_t *end = head->n ? memchr(head->p, '\n', head->n) : NULL;
	struct blob line = {head->p, end ? (size_t)(end - head->p) : head->n};
	size_t gone = line.n + (end != NULL);

	head->p += gone;
	head->n -= gone;
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

static bool
begins(const struct blob *line, const char *text)
{
	size_t n = strlen(text);

	return line->n >= n && !strncasecmp((const char *)line->p, text, n);
}

/* The first field of that name decides; a body's lines say nothing. */
bool
reach_is_ours(const char *head, size_t n, const char *id)
{
	static const char name[] = "HTTPD-Scope-ID:";
	struct blob rest = {(const uint8_t *)head, n};
	struct blob line = next_line(&rest);

	if (!begins(&line, "HTTP/"))
		return false;
	do
		line = next_line(&rest);
	while (line.n && !begins(&line, name));
	if (!line.n)
		return false;
	line.p += sizeof(name) - 1;
	line.n -= sizeof(name) - 1;
	while (line.n && *line.p == ' ') {
		line.p++;
		line.n--;
	}
	return blob_is(&line, id);
}
