#include <criterion/criterion.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scope/supervise.h"

static struct supervise *
hold(const char *script, char *const *env)
{
	char *argv[] = {(char *)"sh", (char *)"-c", (char *)script, NULL};
	static const char *const unset[] = {"SCOPE_TEST_OLD", NULL};
	struct supervise_settings set = {
	    .argv = argv, .env = env, .unset = unset};
	struct fault f;
	struct supervise *s = supervise_hold(&set, &f);

	cr_assert(s, "%s", f.text);
	return s;
}

static struct supervise_end
run(const char *script)
{
	struct supervise *s = hold(script, NULL);
	struct supervise_end end = supervise_run(s);

	supervise_free(s);
	return end;
}

Test(supervise, the_status_of_the_command_is_reported)
{
	struct supervise_end end = run("exit 7");

	cr_assert_eq(end.kind, SUPERVISE_EXITED);
	cr_assert_eq(end.value, 7);
}

Test(supervise, the_signal_that_killed_the_command_is_reported)
{
	struct supervise_end end = run("kill -USR2 $$");

	cr_assert_eq(end.kind, SUPERVISE_SIGNALLED);
	cr_assert_eq(end.value, SIGUSR2);
}

Test(supervise, a_command_that_does_not_exist_is_told_from_a_failing_one)
{
	char *argv[] = {(char *)"/nonexistent/command", NULL};
	struct supervise_settings set = {.argv = argv};
	struct fault f;
	struct supervise *s = supervise_hold(&set, &f);
	struct supervise_end end = supervise_run(s);

	cr_assert_eq(end.kind, SUPERVISE_NOT_STARTED);
	cr_assert_eq(end.value, ENOENT);
	supervise_free(s);
}

Test(supervise, the_command_waits_until_it_is_released)
{
	char dir[] = "/tmp/supervise.XXXXXX", script[64];
	struct supervise *s;

	cr_assert(mkdtemp(dir));
	snprintf(script, sizeof(script), "rmdir %s", dir);
	s = hold(script, NULL);
	cr_assert_gt(supervise_pid(s), 0);
	cr_assert_eq(access(dir, F_OK), 0);
	supervise_run(s);
	cr_assert_eq(access(dir, F_OK), -1);
	supervise_free(s);
}

Test(supervise, a_command_that_is_never_released_never_runs)
{
	char dir[] = "/tmp/supervise.XXXXXX", script[64];
	struct supervise *s;
	pid_t pid;

	cr_assert(mkdtemp(dir));
	snprintf(script, sizeof(script), "rmdir %s", dir);
	s = hold(script, NULL);
	pid = supervise_pid(s);
	supervise_free(s);
	cr_assert_eq(access(dir, F_OK), 0);
	cr_assert_eq(kill(pid, 0), -1);
	rmdir(dir);
}

Test(supervise, the_command_has_its_variables_and_not_those_taken_away)
{
	char *env[] = {(char *)"SCOPE_TEST=a=b", NULL};
	struct supervise *s;
	struct supervise_end end;

	setenv("SCOPE_TEST_OLD", "x", 1);
	s = hold(
	    "test \"$SCOPE_TEST\" = a=b && test -z \"$SCOPE_TEST_OLD\"", env);
	end = supervise_run(s);
	cr_assert_eq(end.kind, SUPERVISE_EXITED);
	cr_assert_eq(end.value, 0);
	supervise_free(s);
}

Test(supervise, a_held_descriptor_does_not_reach_the_command)
{
	int fds[2], held[1];
	char *argv[] = {(char *)"sh", (char *)"-c", NULL, NULL}, script[64];
	struct supervise_settings set = {
	    .argv = argv, .held = held, .held_count = 1};
	struct supervise_end end;
	struct supervise *s;
	struct fault f;

	cr_assert_eq(pipe(fds), 0);
	held[0] = fds[1];
	snprintf(script, sizeof(script), "test ! -e /proc/self/fd/%d", fds[1]);
	argv[2] = script;
	s = supervise_hold(&set, &f);
	end = supervise_run(s);
	cr_assert_eq(end.value, 0);
	supervise_free(s);
}

Test(supervise, a_signal_from_somebody_is_passed_on)
{
	struct supervise_end end =
	    run("trap 'exit 9' TERM; sh -c 'kill -TERM $0' $PPID & wait; "
		"sleep 5 & wait");

	cr_assert_eq(end.kind, SUPERVISE_EXITED);
	cr_assert_eq(end.value, 9);
}

Test(supervise, a_signal_from_the_command_itself_is_not_sent_back)
{
	struct supervise_end end =
	    run("trap 'exit 9' TERM; kill -TERM $PPID; sleep 0.2; exit 3");

	cr_assert_eq(end.value, 3);
}

Test(supervise, without_a_command_a_signal_is_the_end)
{
	char *argv[] = {NULL};
	struct supervise_settings set = {.argv = argv};
	struct supervise_end end;
	struct supervise *s;
	struct fault f;

	s = supervise_hold(&set, &f);
	kill(getpid(), SIGTERM);
	end = supervise_run(s);
	cr_assert_eq(end.kind, SUPERVISE_SIGNALLED);
	cr_assert_eq(end.value, SIGTERM);
	supervise_free(s);
}

Test(supervise, an_ignored_signal_stays_ignored)
{
	struct supervise_end end;

	signal(SIGHUP, SIG_IGN);
	end = run("sh -c 'kill -HUP $0' $PPID; sleep 0.1; kill -HUP $$; "
		  "exit 4");
	cr_assert_eq(end.kind, SUPERVISE_EXITED);
	cr_assert_eq(end.value, 4);
}

Test(supervise, lingering_ends_when_the_descriptor_is_readable)
{
	struct supervise *s = hold("exit 0", NULL);
	int fds[2];

	supervise_run(s);
	cr_assert_eq(pipe(fds), 0);
	cr_assert_eq(write(fds[1], "x", 1), 1);
	supervise_linger(s, fds[0], 60000);
	supervise_free(s);
}
