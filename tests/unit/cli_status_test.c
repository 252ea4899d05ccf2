#include <criterion/criterion.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/status.h"

Test(cli_status, classes_have_the_statuses_of_the_manual)
{
	static const struct {
		enum fault_class class;
		int status;
	} rows[] = {{FAULT_NONE, 0}, {FAULT_COPY, 1}, {FAULT_TIMEOUT, 124},
	    {FAULT_USAGE, 125}, {FAULT_SYSTEM, 125}, {FAULT_SUDO, 126},
	    {FAULT_CONNECT, 255}, {FAULT_HOSTKEY, 255}, {FAULT_AUTH, 255},
	    {FAULT_SCOPE, 255}, {FAULT_LOST, 255}, {FAULT_CANCELLED, 255}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(status_of_class(rows[i].class), rows[i].status,
		    "class %d", (int)rows[i].class);
}

/* How a child ends that raises the signal, caught, ignored and blocked. */
static int
end_by(int number, void (*handler)(int))
{
	pid_t pid = fork();
	int status = 0;

	cr_assert_geq(pid, 0);
	if (pid == 0) {
		sigset_t all;

		signal(number, handler);
		sigfillset(&all);
		sigprocmask(SIG_SETMASK, &all, NULL);
		_exit(status_raise(number));
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return status;
}

static void
do_nothing(int number)
{
	(void)number;
}

Test(cli_status, a_raised_signal_is_seen_by_our_parent)
{
	static const int numbers[] = {
	    SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGKILL};
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		int status = end_by(numbers[i], do_nothing);

		cr_expect(WIFSIGNALED(status), "%d", numbers[i]);
		cr_expect_eq(WTERMSIG(status), numbers[i]);
		cr_expect(!WCOREDUMP(status), "no core");
		status = end_by(numbers[i], SIG_IGN);
		cr_expect(WIFSIGNALED(status), "ignored %d", numbers[i]);
	}
}

Test(cli_status, a_signal_that_does_not_end_us_becomes_a_status)
{
	int status = end_by(SIGCHLD, SIG_DFL);

	cr_expect(WIFEXITED(status));
	cr_expect_eq(WEXITSTATUS(status), 128 + SIGCHLD);
}
