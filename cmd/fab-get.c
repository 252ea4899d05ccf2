/*
 * fab-get: copy files from hosts.  All of it is in lib/fleet/command.
 */
#include "fleet/command.h"
#include "fleet/options.h"

int
main(int argc, char **argv)
{
	static const struct opt table[] = {
	    OPTIONS_COPY, OPTIONS_HOSTS, OPTIONS_REPORT, {0}};
	static const struct command command = {
	    .usage = "fab-get [options] HOSTS SOURCE... TARGET\n"
		     "       fab-get [options] -H HOSTS | -f FILE  SOURCE... "
		     "TARGET",
	    .table = table,
	    .kind = COMMAND_GET};

	(void)argc;
	return command_main(&command, argv);
}
