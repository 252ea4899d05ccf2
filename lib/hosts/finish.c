#include "hosts/finish.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "hosts/list.h"
#include "hosts/match.h"

enum {
	VALUE_MAX = 65536,
	ALIVE_INTERVAL = 15000, /* milliseconds; ssh has none */
	ALIVE_COUNT = 3
};

static const char *const default_identities[] = {"~/.ssh/id_ed25519",
    "~/.ssh/id_ecdsa", "~/.ssh/id_rsa", "~/.ssh/id_ed25519_sk",
    "~/.ssh/id_ecdsa_sk", NULL};
static const char *const default_user_files[] = {
    "~/.ssh/known_hosts", "~/.ssh/known_hosts2", NULL};
static const char *const default_global_files[] = {
    "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2", NULL};

/* Tokens and environment, for expanding values. */
struct expander {
	struct match_tokens tokens;
	const struct token_env *env;
};

static void
default_number(int *to, int value)
{
	if (*to == SETTINGS_UNSET)
		*to = value;
}

static void
default_numbers(struct settings *s)
{
	default_number(&s->port, 22);
	default_number(&s->address_family, FAMILY_ANY);
	default_number(&s->batch_mode, 0);
	default_number(&s->compression, 0);
	default_number(&s->exit_on_forward_failure, 0);
	default_number(&s->hash_known_hosts, 0);
	default_number(&s->identities_only, 0);
	default_number(&s->kbdint_authentication, 1);
	default_number(&s->password_authentication, 1);
	default_number(&s->pubkey_authentication, 1);
	default_number(&s->request_tty, TTY_AUTO);
	default_number(&s->strict_host_key_checking, STRICT_ASK);
	default_number(&s->connection_attempts, 1);
	default_number(&s->number_of_password_prompts, 3);
	default_number(&s->server_alive_count_max, ALIVE_COUNT);
	default_number(&s->server_alive_interval, ALIVE_INTERVAL);
	default_number(&s->forward_agent, 0);
}

static void
default_list(struct words *to, const char *const *words)
{
	if (to->count == 0)
		for (; *words; words++)
			words_add(to, *words);
}

/* Removes the mark of where a file was configured. */
static void
unmark(struct words *files)
{
	size_t i;

	for (i = 0; i < files->count; i++)
		memmove(files->items[i], files->items[i] + 1,
		    strlen(files->items[i]));
}

static bool
is_none(const struct words *w)
{
	return w->count == 1 && !strcasecmp(w->items[0], "none");
}

static char *
expand(const struct expander *x, const char *text, struct fault *f)
{
	struct buf path, value;
	int ret;

	buf_init(&path, VALUE_MAX);
	buf_init(&value, VALUE_MAX);
	ret = token_tilde(&path, text, x->env, f) ||
		token_expand(
		    &value, buf_str(&path), x->tokens.tokens, x->env, f)
	    ? -1
	    : 0;
	buf_release(&path);
	if (!ret)
		return buf_steal(&value);
	buf_release(&value);
	return NULL;
}

static int
expand_list(const struct expander *x, const struct words *from,
    struct words *to, struct fault *f)
{
	size_t i;

	for (i = 0; i < from->count; i++) {
		char *path;

		if (!strcasecmp(from->items[i], "none"))
			continue;
		path = expand(x, from->items[i], f);
		if (!path)
			return -1;
		words_add(to, path);
		mem_free(path);
	}
	return 0;
}

static int
expand_text(const struct expander *x, char **text, struct fault *f)
{
	char *value;

	if (!*text)
		return 0;
	value = expand(x, *text, f);
	if (!value)
		return -1;
	mem_free(*text);
	*text = value;
	return 0;
}

/* What a value of IdentityAgent or ForwardAgent stands for: a path, the value
 * of a variable, or with "none" nothing. */
static char *
resolve_agent(const char *value, const struct token_env *env)
{
	if (!value || !strcmp(value, "SSH_AUTH_SOCK"))
		value = env->variable(env->arg, "SSH_AUTH_SOCK");
	else if (!strcmp(value, "none"))
		value = NULL;
	else if (value[0] == '$' && value[1] != '{')
		value = env->variable(env->arg, value + 1);
	return value && *value ? mem_strdup(value) : NULL;
}

static int
finish_files(struct settings *s, const struct expander *x, struct fault *f)
{
	struct words user = s->user_known_hosts;
	int ret;

	unmark(&s->identity_words);
	unmark(&s->certificate_words);
	s->identity_files_default = s->identity_words.count == 0;
	default_list(&s->identity_words, default_identities);
	default_list(&s->global_known_hosts_words, default_global_files);
	default_list(&user, default_user_files);
	s->user_known_hosts = (struct words){0};
	ret = expand_list(x, &user, &s->user_known_hosts, f) ||
		expand_list(x, &s->global_known_hosts_words,
		    &s->global_known_hosts, f) ||
		expand_list(x, &s->identity_words, &s->identity_files, f) ||
		expand_list(x, &s->certificate_words, &s->certificate_files, f)
	    ? -1
	    : 0;
	words_release(&user);
	if (is_none(&s->global_known_hosts_words))
		words_release(&s->global_known_hosts_words);
	return ret;
}

/* "none" was a first value; from here on it is nothing. */
static void
drop_none(struct settings *s)
{
	if (s->proxy_command && !strcasecmp(s->proxy_command, "none")) {
		mem_free(s->proxy_command);
		s->proxy_command = NULL;
	}
	if (is_none(&s->proxy_jump))
		words_release(&s->proxy_jump);
}

/* A host behind itself is never reached. */
static int
check_jump(const struct settings *s, struct fault *f)
{
	struct host_list *hops;
	const struct host *last;
	bool is_loop;

	if (s->proxy_jump.count == 0)
		return 0;
	hops = host_list_new();
	if (host_list_add(
		hops, s->proxy_jump.items[s->proxy_jump.count - 1], f)) {
		host_list_free(hops);
		return -1;
	}
	last = host_list_get(hops, 0);
	is_loop = !strcmp(last->name, s->hostname) &&
	    s->port == (last->port ? last->port : 22) &&
	    !strcmp(s->user, last->user ? last->user : s->user);
	host_list_free(hops);
	if (!is_loop)
		return 0;
	return fault_set(f, FAULT_USAGE, 0,
	    "proxyjump: %s is to be reached through itself", s->host);
}

static void
lower(char *text)
{
	for (; text && *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
}

static int
finish_values(
    struct settings *s, const struct sshconfig_env *env, struct fault *f)
{
	const char *alias = s->host_key_alias ? s->host_key_alias : s->host;
	struct expander x = {.env = &env->token};
	int ret;

	match_tokens_init(&x.tokens, s, s->hostname, alias, env);
	ret = expand_text(&x, &s->identity_agent, f) ||
		expand_text(&x, &s->forward_agent_path, f) ||
		finish_files(s, &x, f)
	    ? -1
	    : 0;
	match_tokens_release(&x.tokens);
	return ret;
}

int
finish_settings(
    struct settings *s, const struct sshconfig_env *env, struct fault *f)
{
	default_numbers(s);
	if (!s->user)
		s->user = mem_strdup(env->local_user);
	if (s->connection_attempts == 0)
		return fault_set(
		    f, FAULT_USAGE, 0, "connectionattempts must not be 0");
	lower(s->host_key_alias);
	drop_none(s);
	if (check_jump(s, f))
		return -1;
	if (finish_values(s, env, f))
		return fault_prefix(f, "settings of %s", s->host);
	s->agent_path = resolve_agent(s->identity_agent, &env->token);
	return 0;
}
