/*
 * `%x` tokens, `${VARIABLE}` and `~` in values of ssh_config(5).
 */
#ifndef HOSTS_TOKEN_H
#define HOSTS_TOKEN_H

#include "base/buf.h"
#include "base/fault.h"

struct token {
	char letter;
	const char *value; /* borrowed */
};

/* Whom a value may ask about the machine that it is read on. */
struct token_env {
	/* The value of a variable or NULL; borrowed. */
	const char *(*variable)(void *arg, const char *name);
	/* The home directory of a user, NULL being our own, or NULL where
	 * there is none; the caller's. */
	char *(*home)(void *arg, const char *user);
	void *arg;
};

/* Appends text with its tokens replaced, `%%` being one; tokens ends with a
 * letter of 0.  With an environment, `${NAME}` is replaced too.  -1 with a
 * FAULT_USAGE for an unknown token, or a variable without a value. */
int token_expand(struct buf *to, const char *text, const struct token *tokens,
    const struct token_env *env, struct fault *f);

/* Appends a path with `~` or `~user` at its start replaced. */
int token_tilde(struct buf *to, const char *path, const struct token_env *env,
    struct fault *f);

#endif
