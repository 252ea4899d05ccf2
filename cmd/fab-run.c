/*
 * fab-run: run a command on hosts.  All of it is in lib/fleet/command.
 */
#include "fleet/command.h"
#include "fleet/options.h"

int
main(int argc, char **argv)
{
	static const struct opt table[] = {OPTIONS_HOSTS, OPTIONS_COMMAND,
	    OPTIONS_OUTPUT, OPTIONS_REPORT, {0}};
	static const struct command command = {
	    .usage = "fab-run [options] HOSTS [--] COMMAND [ARG...]\n"
		     "       fab-run [options] -H HOSTS | -f FILE  [--] "
		     "COMMAND [ARG...]",
	    .table = table};

	(void)argc;
	return command_main(&command, argv);
}
