/*
 * The conditions of Host and Match in ssh_config(5).
 */
#ifndef HOSTS_MATCH_H
#define HOSTS_MATCH_H

#include <stdbool.h>

#include "base/fault.h"
#include "hosts/sshconfig.h"
#include "hosts/words.h"

/* What conditions are asked about: the settings as far as they are known. */
struct match {
	const struct sshconfig_env *env;
	const struct settings *settings;
	bool is_final; /* the second reading, that Match final asks for */
	bool wants_final; /* set where a criterion asks for it */
	bool is_inactive; /* whatever matches, commands are not run */
};

/* Whether a Host line's patterns match the name that was given. */
bool match_host(const struct words *patterns, const char *name);

/* Whether the criteria behind Match hold: 1 or 0; -1 with a fault.  One that
 * we do not know does not match. */
int match_criteria(struct match *m, const char *text, struct fault *f);

/* The name to connect to as far as it is known: HostName with %h replaced,
 * else the name given.  The caller's; NULL with a fault. */
char *match_hostname(const struct settings *s, struct fault *f);

/* The tokens of ssh_config(5), in place: each value lives in the set. */
struct match_tokens {
	struct token tokens[16];
	char port[12], uid[24], hash[41];
	char *short_host, *jump, *home;
};

/* Fills the tokens for a host that is connected to as hostname, known as
 * alias.  match_tokens_release frees them. */
void match_tokens_init(struct match_tokens *t, const struct settings *s,
    const char *hostname, const char *alias, const struct sshconfig_env *env);
void match_tokens_release(struct match_tokens *t);

#endif
