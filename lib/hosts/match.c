#include "hosts/match.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/sha1.h"
#include "hosts/pattern.h"

enum {
	VALUE_MAX = 65536 /* bytes of an expanded value */
};

bool
match_host(const struct words *patterns, const char *name)
{
	bool matched = false;
	size_t i;

	for (i = 0; i < patterns->count; i++) {
		const char *pattern = patterns->items[i];
		bool negated = *pattern == '!';

		if (!pattern_match(name, pattern + negated))
			continue;
		if (negated)
			return false;
		matched = true;
	}
	return matched;
}

char *
match_hostname(const struct settings *s, struct fault *f)
{
	const struct token tokens[] = {{'h', s->host}, {0, NULL}};
	struct buf name;

	if (!s->hostname)
		return mem_strdup(s->host);
	buf_init(&name, VALUE_MAX);
	if (!token_expand(&name, s->hostname, tokens, NULL, f))
		return buf_steal(&name);
	fault_prefix(f, "hostname");
	buf_release(&name);
	return NULL;
}

/* %C: the SHA-1 of what tells connections apart. */
static void
connection_hash(char hash[41], const char *local_host, const char *hostname,
    const char *port, const char *user)
{
	uint8_t digest[SHA1_LEN];
	struct buf text;
	int i;

	buf_init(&text, VALUE_MAX);
	buf_printf(&text, "%s%s%s%s", local_host, hostname, port, user);
	sha1(buf_str(&text), text.len, digest);
	buf_release(&text);
	for (i = 0; i < SHA1_LEN; i++)
		snprintf(hash + 2 * i, 3, "%02x", digest[i]);
}

static char *
join(const struct words *w)
{
	struct buf text;
	size_t i;

	buf_init(&text, VALUE_MAX);
	for (i = 0; i < w->count; i++)
		buf_printf(&text, "%s%s", i ? "," : "", w->items[i]);
	return buf_steal(&text);
}

void
match_tokens_init(struct match_tokens *t, const struct settings *s,
    const char *hostname, const char *alias, const struct sshconfig_env *env)
{
	const char *user = s->user ? s->user : env->local_user;
	size_t n = strcspn(env->local_host, "."), i = 0;
	char *home = env->token.home(env->token.arg, NULL);

	snprintf(t->port, sizeof(t->port), "%d", s->port > 0 ? s->port : 22);
	snprintf(t->uid, sizeof(t->uid), "%lu", env->uid);
	connection_hash(t->hash, env->local_host, hostname, t->port, user);
	t->short_host = mem_strndup(env->local_host, n);
	t->jump = join(&s->proxy_jump);
	t->home = home ? home : mem_strdup("");
	t->tokens[i++] = (struct token){'C', t->hash};
	t->tokens[i++] = (struct token){'L', t->short_host};
	t->tokens[i++] = (struct token){'d', t->home};
	t->tokens[i++] = (struct token){'h', hostname};
	t->tokens[i++] = (struct token){'i', t->uid};
	t->tokens[i++] = (struct token){'j', t->jump};
	t->tokens[i++] = (struct token){'k', alias};
	t->tokens[i++] = (struct token){'l', env->local_host};
	t->tokens[i++] = (struct token){'n', s->host};
	t->tokens[i++] = (struct token){'p', t->port};
	t->tokens[i++] = (struct token){'r', user};
	t->tokens[i++] = (struct token){'u', env->local_user};
	t->tokens[i] = (struct token){0, NULL};
}

void
match_tokens_release(struct match_tokens *t)
{
	mem_free(t->short_host);
	mem_free(t->jump);
	mem_free(t->home);
}

static int
match_exec(
    struct match *m, const char *hostname, const char *command, struct fault *f)
{
	const struct settings *s = m->settings;
	const char *alias = s->host_key_alias ? s->host_key_alias : hostname;
	struct match_tokens t = {0};
	struct buf text;
	int ret;

	buf_init(&text, VALUE_MAX);
	match_tokens_init(&t, s, hostname, alias, m->env);
	ret = token_expand(&text, command, t.tokens, NULL, f);
	if (!ret)
		ret = m->env->exec(m->env->exec_arg, buf_str(&text), f);
	match_tokens_release(&t);
	buf_release(&text);
	return ret;
}

/* Whether criterion with its argument holds; -1 with a fault; 2 when we do
 * not know it. */
static int
match_argument(struct match *m, const char *criterion, const char *arg,
    const char *hostname, struct fault *f)
{
	const struct settings *s = m->settings;
	const char *user = s->user ? s->user : m->env->local_user;

	if (!strcasecmp(criterion, "host"))
		return pattern_list_match_nocase(hostname, arg) == 1;
	if (!strcasecmp(criterion, "originalhost"))
		return pattern_list_match_nocase(s->host, arg) == 1;
	if (!strcasecmp(criterion, "user"))
		return pattern_list_match(user, arg) == 1;
	if (!strcasecmp(criterion, "localuser"))
		return pattern_list_match(m->env->local_user, arg) == 1;
	if (!strcasecmp(criterion, "exec"))
		return match_exec(m, hostname, arg, f);
	return 2;
}

static bool
is_bare(const char *criterion)
{
	return !strcasecmp(criterion, "final") ||
	    !strcasecmp(criterion, "canonical");
}

/* "all" stands alone, or behind one criterion, as in "final all". */
static int
match_all(char **rest, int before, struct fault *f)
{
	const char *next = words_next(rest);

	if (before > 1 || (next && *next && *next != '#'))
		return fault_set(f, FAULT_USAGE, 0,
		    "match: all stands without other criteria");
	return 0;
}

/* One criterion whose name was read: 1, 0, 2 for unknown, or -1. */
static int
match_one(struct match *m, const char *word, char **rest, bool so_far,
    const char *hostname, struct fault *f)
{
	const char *arg;

	if (is_bare(word)) {
		if (!strcasecmp(word, "final"))
			m->wants_final = true;
		return m->is_final;
	}
	arg = words_next(rest);
	if (!arg || !*arg || *arg == '#')
		return fault_set(
		    f, FAULT_USAGE, 0, "match: %s needs an argument", word);
	/* a command runs only when all before it holds */
	if (!strcasecmp(word, "exec") && (!so_far || m->is_inactive))
		return 0;
	return match_argument(m, word, arg, hostname, f);
}

static int
match_words(struct match *m, char *rest, const char *hostname, struct fault *f)
{
	int result = 1, count = 0, one;
	char *word;

	while ((word = words_next(&rest)) && *word && *word != '#') {
		bool negated = *word == '!';

		word += negated;
		if (!strcasecmp(word, "all"))
			return match_all(&rest, count, f) ? -1
							  : result && !negated;
		one = match_one(m, word, &rest, result, hostname, f);
		if (one < 0)
			return -1;
		if (one == 2)
			return 0;
		if (one == negated)
			result = 0;
		count++;
	}
	if (count == 0)
		return fault_set(f, FAULT_USAGE, 0, "match: no criterion");
	return result;
}

int
match_criteria(struct match *m, const char *text, struct fault *f)
{
	char *hostname = match_hostname(m->settings, f), *copy;
	int ret;

	if (!hostname)
		return -1;
	copy = mem_strdup(text);
	ret = match_words(m, copy, hostname, f);
	mem_free(copy);
	mem_free(hostname);
	return ret;
}
