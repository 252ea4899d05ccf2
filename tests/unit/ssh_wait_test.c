#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "ssh/wait.h"

struct fixture {
	struct cancel cancel;
	struct wake wake;
	struct wait wait;
	struct fault fault;
};

static void
set_up(struct fixture *x)
{
	memset(x, 0, sizeof(*x));
	cr_assert_eq(wake_open(&x->wake), 0);
	x->wait = (struct wait){.cancel = &x->cancel, .wake = &x->wake};
}

Test(ssh_wait, a_passed_deadline_is_named)
{
	static const struct {
		int64_t span;
		const char *option, *text;
	} rows[] = {
	    {0, NULL, "no answer in 0 s"},
	    {1, NULL, "no answer in 0 s"},
	    {0, "-o ConnectTimeout",
		"no answer in 0 s (-o ConnectTimeout changes this)"},
	};
	struct fixture x;
	size_t i;

	set_up(&x);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct deadline d =
		    deadline_in(rows[i].span, "answer", rows[i].option);

		cr_expect_eq(wait_poll(&x.wait, NULL, 0, &d, &x.fault), -1);
		cr_expect_eq(x.fault.class, FAULT_CONNECT);
		cr_expect_str_eq(x.fault.text, rows[i].text);
	}
	wake_close(&x.wake);
}

Test(ssh_wait, a_span_is_told_as_it_was_given)
{
	static const struct {
		int64_t span;
		const char *text;
	} rows[] = {{10000, "no answer in 10 s"}, {2500, "no answer in 2.5 s"},
	    {120000, "no answer in 120 s"}};
	struct fixture x;
	size_t i;

	set_up(&x);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct deadline d = deadline_in(rows[i].span, "answer", NULL);

		d.at = clock_now();
		cr_expect_eq(wait_poll(&x.wait, NULL, 0, &d, &x.fault), -1);
		cr_expect_str_eq(x.fault.text, rows[i].text);
	}
	wake_close(&x.wake);
}

Test(ssh_wait, a_tick_without_a_name_is_no_fault)
{
	struct deadline d = deadline_in(0, NULL, NULL);
	struct fixture x;

	set_up(&x);
	cr_expect_eq(wait_poll(&x.wait, NULL, 0, &d, &x.fault), 0);
	cr_expect_eq(x.fault.class, FAULT_NONE);
	wake_close(&x.wake);
}

/* Also more of them than fit without memory of their own. */
Test(ssh_wait, ready_descriptors_are_told)
{
	struct deadline d = deadline_in(10000, "answer", NULL);
	struct pollfd fds[40];
	struct fixture x;
	int pair[2];
	nfds_t n, i;

	set_up(&x);
	cr_assert_eq(pipe(pair), 0);
	cr_assert_eq(write(pair[1], "x", 1), 1);
	for (n = 1; n <= 40; n++) {
		for (i = 0; i < n; i++)
			fds[i] = (struct pollfd){.fd = -1, .events = POLLIN};
		fds[n - 1].fd = pair[0];
		cr_expect_eq(wait_poll(&x.wait, fds, n, &d, &x.fault), 0);
		cr_expect_eq(fds[n - 1].revents, POLLIN, "%d", (int)n);
		cr_expect_eq(n > 1 ? fds[0].revents : 0, 0);
	}
	close(pair[0]);
	close(pair[1]);
	wake_close(&x.wake);
}

Test(ssh_wait, a_wake_up_ends_a_wait_once)
{
	struct deadline d = deadline_in(-1, "answer", NULL);
	struct fixture x;

	set_up(&x);
	wake_notify(&x.wake);
	wake_notify(&x.wake);
	cr_expect_eq(wait_poll(&x.wait, NULL, 0, &d, &x.fault), 0);
	d = deadline_in(0, "answer", NULL);
	cr_expect_eq(
	    wait_poll(&x.wait, NULL, 0, &d, &x.fault), -1, "it was drained");
	wake_close(&x.wake);
}

Test(ssh_wait, asked_to_stop_nobody_waits_beyond_their_patience)
{
	struct deadline d = deadline_in(-1, "answer", NULL);
	struct fixture x;
	int level, patience;

	set_up(&x);
	for (level = CANCEL_NONE; level <= CANCEL_HARD; level++) {
		for (patience = CANCEL_NONE; patience <= CANCEL_HARD;
		     patience++) {
			int wanted = level > patience ? -1 : 0;

			atomic_store(&x.cancel.level, level);
			x.wait.patience = (enum cancel_level)patience;
			fault_clear(&x.fault);
			wake_notify(&x.wake);
			cr_expect_eq(wait_cancelled(&x.wait, &x.fault), wanted);
			cr_expect_eq(x.fault.class,
			    wanted ? FAULT_CANCELLED : FAULT_NONE);
			cr_expect_eq(
			    wait_poll(&x.wait, NULL, 0, &d, &x.fault), wanted);
		}
	}
	wake_close(&x.wake);
}

static void *
cancel_main(void *arg)
{
	struct fixture *x = arg;

	atomic_store(&x->cancel.level, CANCEL_HARD);
	wake_notify(&x->wake);
	return NULL;
}

Test(ssh_wait, cancelling_ends_a_wait_without_end)
{
	struct deadline d = deadline_in(-1, "answer", NULL);
	pthread_t thread;
	struct fixture x;

	set_up(&x);
	pthread_create(&thread, NULL, cancel_main, &x);
	cr_expect_eq(wait_poll(&x.wait, NULL, 0, &d, &x.fault), -1);
	cr_expect_eq(x.fault.class, FAULT_CANCELLED);
	pthread_join(thread, NULL);
	wake_close(&x.wake);
}

static void
do_nothing(int number)
{
	(void)number;
}

Test(ssh_wait, a_signal_does_not_stretch_a_deadline)
{
	struct deadline d = deadline_in(300, "answer", NULL);
	struct sigaction action = {.sa_handler = do_nothing};
	struct fixture x;

	set_up(&x);
	sigaction(SIGALRM, &action, NULL);
	ualarm(50000, 50000);
	cr_expect_eq(wait_poll(&x.wait, NULL, 0, &d, &x.fault), -1);
	cr_expect_eq(x.fault.class, FAULT_CONNECT);
	cr_expect_geq(clock_now(), d.at);
	cr_expect_lt(clock_now(), d.at + 5000);
	ualarm(0, 0);
	wake_close(&x.wake);
}
