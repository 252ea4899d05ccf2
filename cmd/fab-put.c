/*
 * fab-put: copy files to hosts.  All of it is in lib/fleet/command.
 */
#include "fleet/command.h"
#include "fleet/options.h"

int
main(int argc, char **argv)
{
	static const struct opt table[] = {OPTIONS_COPY,
	    {OPTION_OWNER, 0, "owner", "USER[:GROUP]", "the owner of files"},
	    OPTIONS_HOSTS, OPTIONS_REPORT, {0}};
	static const struct command command = {
	    .usage = "fab-put [options] HOSTS SOURCE... TARGET\n"
		     "       fab-put [options] -H HOSTS | -f FILE  SOURCE... "
		     "TARGET",
	    .table = table,
	    .kind = COMMAND_PUT};

	(void)argc;
	return command_main(&command, argv);
}
