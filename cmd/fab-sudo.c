/*
 * fab-sudo: run a command on hosts as another user, through sudo.  All of it
 * is in lib/fleet/command.
 */
#include "fleet/command.h"
#include "fleet/options.h"

int
main(int argc, char **argv)
{
	static const struct opt table[] = {
	    {OPTION_SUDO_USER, 'u', NULL, "USER", "run as USER (root)"},
	    {OPTION_SUDO_GROUP, 'g', NULL, "GROUP", "run with GROUP"},
	    {OPTION_SUDO_ASK, 'K', NULL, NULL,
		"ask for sudo's password before anything starts"},
	    {OPTION_SUDO_FILE, 0, "sudo-password-file", "FILE",
		"read sudo's password from FILE"},
	    {OPTION_SUDO_DIRECT, 0, "direct", NULL,
		"no shell under sudo, for rules that name commands"},
	    OPTIONS_HOSTS, OPTIONS_COMMAND, OPTIONS_OUTPUT, OPTIONS_REPORT,
	    {0}};
	static const struct command command = {
	    .usage = "fab-sudo [options] [-u USER] [-g GROUP] [-K] HOSTS [--] "
		     "COMMAND [ARG...]\n"
		     "       fab-sudo [options] -H HOSTS | -f FILE  [--] "
		     "COMMAND [ARG...]",
	    .table = table,
	    .sudo = true};

	(void)argc;
	return command_main(&command, argv);
}
