/*
 * What ssh_config(5), the command line and a host file say about how one host
 * is reached.  Plain data; a value that nobody set has ssh's default unless
 * it says otherwise here.  Texts and lists are owned.
 */
#ifndef HOSTS_SETTINGS_H
#define HOSTS_SETTINGS_H

#include "base/buf.h"
#include "base/fault.h"
#include "hosts/token.h"
#include "hosts/words.h"

enum {
	SETTINGS_UNSET = -1, /* of a number, until defaults are filled in */
	SETTINGS_FILES_MAX = 100 /* identity files, certificate files */
};

enum settings_strict { STRICT_NO, STRICT_ACCEPT_NEW, STRICT_ASK, STRICT_YES };

enum settings_family { FAMILY_ANY, FAMILY_INET, FAMILY_INET6 };

enum settings_tty { TTY_AUTO, TTY_NO, TTY_YES, TTY_FORCE };

struct settings {
	char *host; /* as it was named (token %n) */
	char *hostname; /* what to connect to, lower case */
	char *user;
	int port;

	int address_family; /* enum settings_family */
	char *bind_address; /* or NULL */
	int connect_timeout; /* milliseconds; SETTINGS_UNSET: not given */
	int connection_attempts;
	int server_alive_interval; /* milliseconds; 0: none; default 15 s */
	int server_alive_count_max;
	struct words proxy_jump; /* hops, nearest first, each a host that
				  * host_list_add takes; empty: none */
	char *proxy_command; /* as given, see settings_proxy_command; or NULL */

	char *host_key_alias; /* or NULL */
	int strict_host_key_checking; /* enum settings_strict */
	int hash_known_hosts;
	struct words user_known_hosts; /* paths */
	struct words global_known_hosts; /* paths */

	struct words identity_files; /* paths; "none" removed */
	int identity_files_default; /* none was given: may be missing */
	struct words certificate_files; /* paths */
	int identities_only;
	char *agent_path; /* socket of the agent, or NULL for none */
	char *preferred_authentications; /* list, or NULL */
	int pubkey_authentication;
	int password_authentication;
	int kbdint_authentication;
	int number_of_password_prompts;
	int batch_mode;
	int forward_agent;
	char *forward_agent_path; /* instead of agent_path, or NULL */

	/* Lists as given, with + - ^ at the start kept, or NULL. */
	char *ciphers;
	char *macs;
	char *kex_algorithms;
	char *host_key_algorithms;
	char *pubkey_accepted_algorithms;
	int compression;

	int exit_on_forward_failure;
	int request_tty; /* enum settings_tty */
	struct words set_env; /* NAME=VALUE, no name twice */

	/* As given, before expansion: what ssh -G prints. */
	struct words identity_words;
	struct words certificate_words;
	struct words global_known_hosts_words;
	char *identity_agent; /* expanded, or NULL */
	char *ignore_unknown; /* patterns of keywords, or NULL */
};

/* Everything unset. */
void settings_init(struct settings *s);
void settings_release(struct settings *s);

/* Appends `keyword value` lines as ssh -G does, for the keywords that are
 * here; algorithms only where they were given. */
void settings_print(struct buf *to, const struct settings *s);

/* The command of proxy_command for the shell, "exec " before it and tokens
 * replaced; the caller's.  NULL with a fault. */
char *settings_proxy_command(const struct settings *s, struct fault *f);

#endif
