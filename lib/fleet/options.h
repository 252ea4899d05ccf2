/*
 * The options that the fab programs share: one list, of which each program's
 * table is made, and what they fill.
 */
#ifndef FLEET_OPTIONS_H
#define FLEET_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "cli/opts.h"
#include "fleet/job.h"
#include "hosts/list.h"
#include "hosts/selection.h"
#include "hosts/words.h"
#include "ssh/forwards.h"

enum fleet_option {
	OPTION_HOSTS = 1,
	OPTION_FILE,
	OPTION_EXCLUDE,
	OPTION_JOBS,
	OPTION_LOGIN,
	OPTION_PORT,
	OPTION_IDENTITY,
	OPTION_CONFIG,
	OPTION_SSH,
	OPTION_IPV4,
	OPTION_IPV6,
	OPTION_JUMP,
	OPTION_ASK,
	OPTION_PASSWORD_FILE,
	OPTION_FINGERPRINTS,
	OPTION_AGENT,
	OPTION_REMOTE,
	OPTION_LOCAL,
	OPTION_DIRECTORY,
	OPTION_ENV,
	OPTION_SCRIPT,
	OPTION_TIME,
	OPTION_MAX_FAIL,
	OPTION_NO_INPUT,
	OPTION_BROADCAST,
	OPTION_PREFIX,
	OPTION_SCOPE,
	OPTION_QUIET,
	OPTION_VERBOSE,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_SUDO_USER,
	OPTION_SUDO_GROUP,
	OPTION_SUDO_ASK,
	OPTION_SUDO_FILE,
};

/* clang-format off */
/* Which hosts, and how they are reached: of all fab programs. */
#define OPTIONS_HOSTS \
	{OPTION_HOSTS, 'H', NULL, "HOSTS", "hosts to run on; repeatable"}, \
	{OPTION_FILE, 'f', NULL, "FILE", "read hosts from FILE, - for standard input"}, \
	{OPTION_EXCLUDE, 'x', NULL, "HOSTS", "take these hosts away"}, \
	{OPTION_JOBS, 'j', NULL, "N", "at most N hosts at a time (64; 0: all)"}, \
	{OPTION_LOGIN, 'l', NULL, "USER", "log in as USER"}, \
	{OPTION_PORT, 'p', NULL, "PORT", "connect to PORT"}, \
	{OPTION_IDENTITY, 'i', NULL, "FILE", "a private key to log in with"}, \
	{OPTION_CONFIG, 'F', NULL, "FILE", "ssh's configuration, instead of its own"}, \
	{OPTION_SSH, 'o', NULL, "KEY=VALUE", "an option of ssh_config"}, \
	{OPTION_IPV4, '4', NULL, NULL, "connect over IPv4 only"}, \
	{OPTION_IPV6, '6', NULL, NULL, "connect over IPv6 only"}, \
	{OPTION_JUMP, 'J', NULL, "JUMP[,JUMP]", "connect through jump hosts"}, \
	{OPTION_ASK, 'k', NULL, NULL, "ask for the login password before anything starts"}, \
	{OPTION_PASSWORD_FILE, 0, "password-file", "FILE", "read the login password from FILE"}, \
	{OPTION_FINGERPRINTS, 0, "fingerprints", "FILE", "accept the host keys of FILE, lines HOST SHA256:..."}, \
	{OPTION_AGENT, 'A', NULL, NULL, "forward the agent"}, \
	{OPTION_REMOTE, 'R', NULL, "[ADDRESS:]PORT:HOST:HOSTPORT", "forward a port of the hosts to HOST here"}, \
	{OPTION_LOCAL, 'L', NULL, "[ADDRESS:]PORT:HOST:HOSTPORT", "forward a port here to HOST there"}

/* Of a command. */
#define OPTIONS_COMMAND \
	{OPTION_DIRECTORY, 'C', NULL, "DIR", "change to DIR on the host first"}, \
	{OPTION_ENV, 'e', NULL, "NAME=VALUE", "set a variable for the command"}, \
	{OPTION_SCRIPT, 's', NULL, "FILE", "send the local FILE along and run it"}, \
	{OPTION_TIME, 'T', NULL, "SECONDS", "time limit for the command on each host"}, \
	{OPTION_NO_INPUT, 'n', NULL, NULL, "no standard input for the command"}, \
	{OPTION_BROADCAST, 'I', "stdin", NULL, "send standard input to each of several hosts"}, \
	{OPTION_SCOPE, 0, "scope", "WAY", "reach an httpd-scope by forward, direct; off"}

/* What is told of the hosts, and of the program: of all fab programs. */
#define OPTIONS_REPORT \
	{OPTION_MAX_FAIL, 0, "max-fail", "N", "start no more hosts after N failures"}, \
	{OPTION_PREFIX, 0, "prefix", "WHEN", "host names before lines: auto, always, never"}, \
	{OPTION_QUIET, 'q', NULL, NULL, "no summary, no notes"}, \
	{OPTION_VERBOSE, 'v', NULL, NULL, "say what is done; repeatable"}, \
	{OPTION_HELP, 'h', "help", NULL, "this text"}, \
	{OPTION_VERSION, 0, "version", NULL, "the version (-v: and the library's)"}
/* clang-format on */

enum fleet_prefix { PREFIX_AUTO, PREFIX_ALWAYS, PREFIX_NEVER };

/* What the options and operands say. */
struct fleet_options {
	struct selection selection;
	const struct host_list *hosts; /* of the selection, when it is made */
	const char *globbed; /* a range that a shell took for a pattern */
	bool several; /* hosts were named in the plural */
	struct words ssh; /* KEY=VALUE lines for ssh_config */
	const char *config; /* -F, or NULL */
	uint64_t jobs; /* 0: all */
	uint64_t max_fail; /* 0: no limit */
	enum fleet_prefix prefix;
	bool quiet, no_input, broadcast, help, version;
	int verbose;
	struct words env;
	const char *fingerprints, *password_file, *sudo_password_file;
	bool ask, sudo_ask, agent;
	struct forwards forwards;
	struct job job;
};

/* Reads the command line.  Texts are borrowed from argv; fleet_options_release
 * frees the rest, also after a failure.  -1 with a FAULT_USAGE. */
int fleet_options_parse(struct fleet_options *o, const struct opt *table,
    char **argv, struct fault *f);
void fleet_options_release(struct fleet_options *o);

#endif
