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
#include "ssh/copy.h"
#include "ssh/forwards.h"

enum fleet_option {
	OPTION_HOSTS = 1,
	OPTION_FILE,
	OPTION_EXCLUDE,
	OPTION_JOBS,
	OPTION_WAIT,
	OPTION_SETTINGS,
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
	OPTION_UNTIL,
	OPTION_TETHER,
	OPTION_TERMINAL,
	OPTION_DRY_RUN,
	OPTION_GROUP,
	OPTION_OUTPUT_DIR,
	OPTION_JSON,
	OPTION_FAILED,
	OPTION_PROGRESS,
	OPTION_NO_PROGRESS,
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
	OPTION_SUDO_DIRECT,
	OPTION_RECURSIVE,
	OPTION_MODE,
	OPTION_OWNER,
	OPTION_TIMES,
	OPTION_CHECK,
	OPTION_RESUME,
	OPTION_RATE,
	OPTION_CHANGED,
	OPTION_SUDO,
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
	{OPTION_LOCAL, 'L', NULL, "[ADDRESS:]PORT:HOST:HOSTPORT", "forward a port here to HOST there"}, \
	{OPTION_WAIT, 0, "wait", "SECONDS", "keep trying to connect for so long"}, \
	{OPTION_SETTINGS, 'G', NULL, NULL, "print the settings of the hosts, and end"}

/* Of a command. */
#define OPTIONS_COMMAND \
	{OPTION_DIRECTORY, 'C', NULL, "DIR", "change to DIR on the host first"}, \
	{OPTION_ENV, 'e', NULL, "NAME=VALUE", "set a variable for the command"}, \
	{OPTION_SCRIPT, 's', NULL, "FILE", "send the local FILE along and run it"}, \
	{OPTION_TERMINAL, 't', NULL, NULL, "give it a terminal (-tt: in any case)"}, \
	{OPTION_TIME, 'T', NULL, "SECONDS", "time limit for the command on each host"}, \
	{OPTION_UNTIL, 0, "until", "SECONDS", "repeat it every 2 s until it exits 0"}, \
	{OPTION_TETHER, 0, "tether", NULL, "it ends when our connection does"}, \
	{OPTION_NO_INPUT, 'n', NULL, NULL, "no standard input for the command"}, \
	{OPTION_BROADCAST, 'I', "stdin", NULL, "send standard input to each of several hosts"}, \
	{OPTION_SCOPE, 0, "scope", "WAY", "reach an httpd-scope by forward, direct; off"}, \
	{OPTION_DRY_RUN, 'N', NULL, NULL, "print what would be sent to whom, and end"}

/* What becomes of a command's output. */
#define OPTIONS_OUTPUT \
	{OPTION_PREFIX, 0, "prefix", "WHEN", "host names before lines: auto, always, never"}, \
	{OPTION_GROUP, 'b', NULL, NULL, "print identical outputs once, below their hosts"}, \
	{OPTION_OUTPUT_DIR, 'O', NULL, "DIR", "write them to DIR/HOST.out and DIR/HOST.err"}, \
	{OPTION_JSON, 0, "json", NULL, "print one JSON object a line and host"}

/* Of a copy. */
#define OPTIONS_COPY \
	{OPTION_RECURSIVE, 'r', NULL, NULL, "copy directories and what is in them"}, \
	{OPTION_MODE, 'm', NULL, "MODE", "the mode of files, in octal"}, \
	{OPTION_TIMES, 0, "times", NULL, "keep the sources' times"}, \
	{OPTION_CHECK, 'c', NULL, NULL, "compare contents first, copy what differs"}, \
	{OPTION_RESUME, 0, "resume", NULL, "go on with what an earlier run left"}, \
	{OPTION_SUDO, 0, "sudo", NULL, "with sudo's rights on the hosts"}, \
	{OPTION_SUDO_USER, 'u', NULL, "USER", "with USER's rights, by sudo"}, \
	{OPTION_SUDO_ASK, 'K', NULL, NULL, "ask for sudo's password before anything starts"}, \
	{OPTION_SUDO_FILE, 0, "sudo-password-file", "FILE", "read sudo's password from FILE"}, \
	{OPTION_RATE, 0, "rate", "BYTES[KMG]", "at most so much a second, all hosts together"}, \
	{OPTION_CHANGED, 0, "changed", "FILE", "list the hosts where something was copied"}, \
	{OPTION_JSON, 0, "json", NULL, "print one JSON object a line and host"}

/* What is told of the hosts, and of the program: of all fab programs. */
#define OPTIONS_REPORT \
	{OPTION_FAILED, 0, "failed", "FILE", "keep the hosts without success in FILE"}, \
	{OPTION_MAX_FAIL, 0, "max-fail", "N", "start no more hosts after N failures"}, \
	{OPTION_PROGRESS, 0, "progress", NULL, "a status line on the terminal"}, \
	{OPTION_NO_PROGRESS, 0, "no-progress", NULL, "no status line"}, \
	{OPTION_QUIET, 'q', NULL, NULL, "no summary, no notes"}, \
	{OPTION_VERBOSE, 'v', NULL, NULL, "say what is done; repeatable"}, \
	{OPTION_HELP, 'h', "help", NULL, "this text"}, \
	{OPTION_VERSION, 0, "version", NULL, "the version (-v: and the library's)"}
/* clang-format on */

enum fleet_prefix { PREFIX_AUTO, PREFIX_ALWAYS, PREFIX_NEVER };

enum fleet_progress { PROGRESS_AUTO, PROGRESS_YES, PROGRESS_NO };

/* Where a command's output goes: at most one of these three. */
struct output_options {
	enum fleet_prefix prefix;
	bool grouped; /* -b */
	const char *directory; /* -O, or NULL */
	bool json;
};

/* What a copy is told. */
struct copy_options {
	struct copy_how how;
	uint64_t rate; /* bytes a second; 0: no limit */
	const char *changed; /* --changed, or NULL */
	const char *const *sources; /* operands */
	size_t n;
	const char *target;
};

/* What the options and operands say. */
struct fleet_options {
	struct selection selection;
	const struct host_list *hosts; /* of the selection, when it is made */
	const char *globbed; /* a range that a shell took for a pattern */
	bool several; /* hosts were named in the plural */
	struct words ssh; /* KEY=VALUE lines for ssh_config */
	const char *config; /* -F, or NULL */
	uint64_t jobs; /* 0: all */
	int64_t wait_time; /* --wait, ms; 0: one try */
	struct output_options output;
	uint64_t max_fail; /* 0: no limit */
	const char *failed; /* --failed, or NULL */
	enum fleet_progress progress;
	bool quiet, no_input, broadcast;
	bool help, version, settings, dry_run; /* what to do instead */
	int verbose;
	struct words env;
	const char *fingerprints, *password_file, *sudo_password_file;
	bool ask, sudo_ask, agent;
	struct forwards forwards;
	struct job job;
	struct copy_options copy;
};

/* Reads the command line.  Texts are borrowed from argv; fleet_options_release
 * frees the rest, also after a failure.  -1 with a FAULT_USAGE. */
int fleet_options_parse(struct fleet_options *o, const struct opt *table,
    char **argv, struct fault *f);

/* The same for a program that copies: its operands are sources and a
 * target. */
int fleet_options_parse_copy(struct fleet_options *o, const struct opt *table,
    char **argv, struct fault *f);
void fleet_options_release(struct fleet_options *o);

/* The two parts of it that any fab program needs: options alone, with
 * *operands what stands behind them; and the hosts, of which the first operand
 * is taken unless an option named some. */
int fleet_options_read(struct fleet_options *o, const struct opt *table,
    char **argv, char ***operands, struct fault *f);
int fleet_options_take_hosts(
    struct fleet_options *o, char ***operands, struct fault *f);

#endif
