#include "hosts/token.h"

#include <string.h>

#include "base/mem.h"

static int
expand_percent(
    struct buf *to, char letter, const struct token *tokens, struct fault *f)
{
	if (letter == '%')
		return buf_putc(to, '%');
	for (; tokens->letter; tokens++)
		if (tokens->letter == letter)
			return buf_puts(to, tokens->value);
	if (!letter)
		return fault_set(f, FAULT_USAGE, 0, "a %% at the end");
	return fault_set(f, FAULT_USAGE, 0, "unknown token %%%c", letter);
}

/* At "${"; moves *text to its "}". */
static int
expand_variable(struct buf *to, const char **text, const struct token_env *env,
    struct fault *f)
{
	const char *start = *text + 2, *end = strchr(start, '}'), *value;
	char *name;
	int ret = 0;

	if (!end || end == start)
		return fault_set(f, FAULT_USAGE, 0, "bad variable %s", *text);
	name = mem_strndup(start, (size_t)(end - start));
	value = env->variable(env->arg, name);
	if (value)
		ret = buf_puts(to, value);
	else
		ret = fault_set(
		    f, FAULT_USAGE, 0, "variable %s has no value", name);
	mem_free(name);
	*text = end;
	return ret;
}

int
token_expand(struct buf *to, const char *text, const struct token *tokens,
    const struct token_env *env, struct fault *f)
{
	int ret = 0;

	for (; *text && !ret; text += *text != '\0') {
		if (env && text[0] == '$' && text[1] == '{')
			ret = expand_variable(to, &text, env, f);
		else if (*text != '%')
			ret = buf_putc(to, *text);
		else
			ret = expand_percent(to, *++text, tokens, f);
	}
	return ret;
}

int
token_tilde(struct buf *to, const char *path, const struct token_env *env,
    struct fault *f)
{
	size_t n = strcspn(path, "/");
	char *user, *home;
	int ret;

	if (path[0] != '~')
		return buf_puts(to, path);
	user = n > 1 ? mem_strndup(path + 1, n - 1) : NULL;
	home = env->home(env->arg, user);
	if (home)
		ret = buf_printf(to, "%s%s", home, path + n);
	else
		ret = fault_set(f, FAULT_USAGE, 0, "%s: no home directory",
		    user ? user : "~");
	mem_free(home);
	mem_free(user);
	return ret;
}
