#include <criterion/criterion.h>

#include "base/mem.h"
#include "hosts/token.h"

static const char *
variable(void *arg, const char *name)
{
	(void)arg;
	return strcmp(name, "X") ? NULL : "value";
}

static char *
home(void *arg, const char *user)
{
	(void)arg;
	if (!user)
		return mem_strdup("/home/me");
	return strcmp(user, "bob") ? NULL : mem_strdup("/home/bob");
}

static const struct token_env env = {.variable = variable, .home = home};
static const struct token tokens[] = {{'h', "host"}, {'p', "22"}, {0, NULL}};

Test(hosts_token, tokens_and_variables_are_replaced)
{
	struct fault f;
	struct buf b;

	buf_init(&b, 1000);
	cr_expect_eq(token_expand(&b, "%h:%p %% ${X}$X", tokens, &env, &f), 0);
	cr_expect_str_eq(buf_str(&b), "host:22 % value$X");
	buf_clear(&b);
	cr_expect_eq(token_expand(&b, "${X}%h", tokens, NULL, &f), 0);
	cr_expect_str_eq(buf_str(&b), "${X}host");
	buf_release(&b);
}

Test(hosts_token, what_is_unknown_is_an_error)
{
	static const char *const rows[] = {
	    "%x", "%", "a%", "${Y}", "${", "${}", "${X"};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fault f = {0};
		struct buf b;

		buf_init(&b, 1000);
		cr_expect_eq(token_expand(&b, rows[i], tokens, &env, &f), -1);
		cr_expect_eq(f.class, FAULT_USAGE, "%s", rows[i]);
		buf_release(&b);
	}
}

Test(hosts_token, tildes_are_home_directories)
{
	struct fault f;
	struct buf b;

	buf_init(&b, 1000);
	cr_expect_eq(token_tilde(&b, "~/a", &env, &f), 0);
	cr_expect_eq(token_tilde(&b, "~bob", &env, &f), 0);
	cr_expect_eq(token_tilde(&b, "/x~", &env, &f), 0);
	cr_expect_str_eq(buf_str(&b), "/home/me/a/home/bob/x~");
	cr_expect_eq(token_tilde(&b, "~eve/x", &env, &f), -1);
	buf_release(&b);
}
