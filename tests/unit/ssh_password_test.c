#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "ssh/password.h"

enum { THREADS = 16 };

static const struct password_use use = {
    .prompt = "? ", .hint = "give one", .class = FAULT_SUDO};
static const struct settings batch = {.batch_mode = 1};

static char path[] = "/tmp/password-test-XXXXXX";

static void
make_file(void)
{
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	cr_assert_eq(fdio_write_all(fd, "word\nmore\n", 10), 0);
	close(fd);
}

static void
remove_file(void)
{
	unlink(path);
}

static int
read_file(struct password *p, const char *file, struct fault *f)
{
	struct cancel cancel = {0};
	struct wake wake;
	struct wait w = {.cancel = &cancel, .wake = &wake};
	int ret;

	cr_assert_eq(wake_open(&wake), 0);
	ret = password_read_file(p, file, &w, f);
	wake_close(&wake);
	return ret;
}

TestSuite(ssh_password, .init = make_file, .fini = remove_file);

/* What the threads share: the gate, and what they saw of it. */
struct gate {
	struct password *password;
	struct cancel cancel;
	pthread_mutex_t lock;
	enum password_verdict verdict; /* of each try */
	int trying, most; /* at a time, before one was accepted */
	int got, refused, cancelled;
	bool accepted;
	int untried; /* tries that end without a verdict first */
};

struct host {
	struct gate *gate;
	pthread_t thread;
	struct wake wake;
};

static void
open_gate(struct gate *g, enum password_verdict verdict)
{
	struct fault f = {0};

	memset(g, 0, sizeof(*g));
	pthread_mutex_init(&g->lock, NULL);
	g->verdict = verdict;
	g->password = password_new(&use);
	cr_assert_eq(read_file(g->password, path, &f), 0);
}

static void
give_verdict(struct gate *g)
{
	enum password_verdict verdict = g->verdict;

	pthread_mutex_lock(&g->lock);
	g->trying--;
	g->got++;
	if (g->untried-- > 0)
		verdict = PASSWORD_UNTRIED;
	g->accepted = g->accepted || verdict == PASSWORD_ACCEPTED;
	pthread_mutex_unlock(&g->lock);
	password_verdict(g->password, verdict);
}

static void *
host_main(void *arg)
{
	struct host *h = arg;
	struct gate *g = h->gate;
	struct wait w = {.cancel = &g->cancel, .wake = &h->wake};
	struct fault f = {0};
	const struct secret *s = password_get(g->password, &batch, &w, &f);

	pthread_mutex_lock(&g->lock);
	g->trying += s != NULL;
	if (g->trying > g->most && !g->accepted)
		g->most = g->trying;
	g->refused += !s && f.class == FAULT_SUDO;
	g->cancelled += !s && f.class == FAULT_CANCELLED;
	pthread_mutex_unlock(&g->lock);
	if (!s)
		return NULL;
	cr_expect_eq(secret_len(s), 4);
	cr_expect_arr_eq(secret_bytes(s), "word", 5);
	sched_yield();
	give_verdict(g);
	return NULL;
}

static void
run_hosts(struct gate *g, struct host *hosts)
{
	int i;

	for (i = 0; i < THREADS; i++) {
		hosts[i].gate = g;
		cr_assert_eq(wake_open(&hosts[i].wake), 0);
		pthread_create(&hosts[i].thread, NULL, host_main, &hosts[i]);
	}
}

static void
join_hosts(struct gate *g, struct host *hosts)
{
	int i;

	for (i = 0; i < THREADS; i++) {
		pthread_join(hosts[i].thread, NULL);
		wake_close(&hosts[i].wake);
	}
	password_free(g->password);
	pthread_mutex_destroy(&g->lock);
}

Test(ssh_password, accepted_once_it_is_for_all)
{
	struct host hosts[THREADS];
	struct gate g;
	int round;

	for (round = 0; round < 20; round++) {
		open_gate(&g, PASSWORD_ACCEPTED);
		run_hosts(&g, hosts);
		join_hosts(&g, hosts);
		cr_expect_eq(g.got, THREADS);
		cr_expect_eq(g.most, 1, "one host first: %d", g.most);
	}
}

Test(ssh_password, refused_once_it_is_tried_no_more)
{
	struct host hosts[THREADS];
	struct gate g;
	int round;

	for (round = 0; round < 20; round++) {
		open_gate(&g, PASSWORD_REJECTED);
		run_hosts(&g, hosts);
		join_hosts(&g, hosts);
		cr_expect_eq(g.got, 1);
		cr_expect_eq(g.refused, THREADS - 1);
	}
}

Test(ssh_password, a_host_that_was_lost_passes_the_try_on)
{
	struct host hosts[THREADS];
	struct gate g;
	int round;

	for (round = 0; round < 20; round++) {
		open_gate(&g, PASSWORD_ACCEPTED);
		g.untried = 5;
		run_hosts(&g, hosts);
		join_hosts(&g, hosts);
		cr_expect_eq(g.got, THREADS);
		cr_expect_eq(g.most, 1);
	}
}

Test(ssh_password, who_waits_for_a_verdict_can_be_cancelled)
{
	struct host hosts[THREADS];
	struct fault f = {0};
	struct wake wake;
	struct gate g;
	struct wait w = {.cancel = &g.cancel, .wake = &wake};
	int i;

	cr_assert_eq(wake_open(&wake), 0);
	open_gate(&g, PASSWORD_ACCEPTED);
	cr_assert_not_null(password_get(g.password, &batch, &w, &f));
	run_hosts(&g, hosts);
	atomic_store(&g.cancel.level, CANCEL_GENTLE);
	for (i = 0; i < THREADS; i++)
		wake_notify(&hosts[i].wake);
	for (i = 0; i < THREADS; i++)
		pthread_join(hosts[i].thread, NULL);
	cr_expect_eq(g.cancelled, THREADS);
	password_verdict(g.password, PASSWORD_REJECTED);
	for (i = 0; i < THREADS; i++)
		wake_close(&hosts[i].wake);
	password_free(g.password);
	wake_close(&wake);
}

/* Only the thread that tries it has something to say about it. */
static void *
reject(void *arg)
{
	password_verdict(arg, PASSWORD_REJECTED);
	return NULL;
}

Test(ssh_password, the_verdict_of_another_thread_is_none)
{
	struct cancel cancel = {0};
	struct fault f = {0};
	struct wake wake;
	struct wait w = {.cancel = &cancel, .wake = &wake};
	struct gate g;
	pthread_t thread;

	cr_assert_eq(wake_open(&wake), 0);
	open_gate(&g, PASSWORD_ACCEPTED);
	cr_assert_not_null(password_get(g.password, &batch, &w, &f));
	pthread_create(&thread, NULL, reject, g.password);
	pthread_join(thread, NULL);
	password_verdict(g.password, PASSWORD_ACCEPTED);
	cr_expect_not_null(password_get(g.password, &batch, &w, &f));
	reject(g.password);
	cr_expect_not_null(
	    password_get(g.password, &batch, &w, &f), "accepted it stays");
	password_free(g.password);
	wake_close(&wake);
}

Test(ssh_password, where_nobody_may_be_asked_the_hint_is_told)
{
	struct password *p = password_new(&use);
	struct cancel cancel = {0};
	struct fault f = {0};
	struct wake wake;
	struct wait w = {.cancel = &cancel, .wake = &wake};
	int i;

	cr_assert_eq(wake_open(&wake), 0);
	for (i = 0; i < 3; i++) {
		cr_expect_null(password_get(p, &batch, &w, &f));
		cr_expect_eq(f.class, FAULT_SUDO);
		cr_expect_str_eq(f.text, "give one");
	}
	password_free(p);
	password_free(NULL);
	wake_close(&wake);
}

static int
read_mode(mode_t mode, struct fault *f)
{
	struct password *p = password_new(&use);
	int ret;

	cr_assert_eq(chmod(path, mode), 0);
	fault_clear(f);
	ret = read_file(p, path, f);
	password_free(p);
	return ret;
}

Test(ssh_password, a_file_that_others_can_read_is_refused)
{
	static const mode_t bad[] = {0644, 0640, 0604, 0620, 0602};
	struct fault f = {0};
	size_t i;

	cr_expect_eq(read_mode(0600, &f), 0);
	cr_expect_eq(read_mode(0400, &f), 0);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		cr_expect_eq(read_mode(bad[i], &f), -1, "%o", (unsigned)bad[i]);
		cr_expect_eq(f.class, FAULT_USAGE);
		cr_expect_not_null(strstr(f.text, path));
	}
}

Test(ssh_password, a_pipe_serves_and_what_cannot_be_read_does_not)
{
	struct password *p = password_new(&use);
	struct fault f = {0};
	char name[40];
	int fds[2];

	cr_expect_eq(read_file(p, "/nonexistent/file", &f), -1);
	cr_expect_eq(f.class, FAULT_USAGE);
	cr_expect_eq(read_file(p, "/", &f), -1);
	cr_assert_eq(pipe(fds), 0);
	cr_assert_eq(write(fds[1], "word\n", 5), 5);
	snprintf(name, sizeof(name), "/dev/fd/%d", fds[0]);
	cr_expect_eq(read_file(p, name, &f), 0, "%s", f.text);
	close(fds[0]);
	close(fds[1]);
	password_free(p);
}

Test(ssh_password, being_asked_to_stop_ends_waiting_for_a_pipe)
{
	struct password *p = password_new(&use);
	struct cancel cancel = {.level = CANCEL_GENTLE};
	struct wake wake;
	struct wait w = {.cancel = &cancel, .wake = &wake};
	struct fault f = {0};
	char name[40];
	int fds[2];

	cr_assert_eq(wake_open(&wake), 0);
	cr_assert_eq(pipe(fds), 0);
	snprintf(name, sizeof(name), "/dev/fd/%d", fds[0]);
	cr_expect_eq(password_read_file(p, name, &w, &f), -1);
	cr_expect_eq(f.class, FAULT_CANCELLED);
	close(fds[0]);
	close(fds[1]);
	wake_close(&wake);
	password_free(p);
}

Test(ssh_password, a_program_prints_each_host_its_own)
{
	struct password *p = password_new(&use);
	char user[] = "me", one[] = "web", two[] = "db";
	struct settings web = {.user = user, .host = one};
	struct settings db = {.user = user, .host = two};
	struct cancel cancel = {0};
	struct fault f = {0};
	struct wake wake;
	struct wait w = {.cancel = &cancel, .wake = &wake};
	const struct secret *first, *second;
	static const char script[] = "#!/bin/sh\n[ $2 = db ] || echo $1-$2\n";
	int fd = open(path, O_WRONLY | O_TRUNC);

	cr_assert_eq(fdio_write_all(fd, script, sizeof(script) - 1), 0);
	close(fd);
	cr_assert_eq(chmod(path, 0722), 0);
	cr_assert_eq(wake_open(&wake), 0);
	cr_expect_eq(read_file(p, path, &f), -1, "others can change");
	cr_assert_eq(chmod(path, 0711), 0);
	cr_assert_eq(read_file(p, path, &f), 0, "%s", f.text);
	cr_expect_not(password_must_ask(p));
	first = password_get(p, &web, &w, &f);
	cr_assert_not_null(first, "%s", f.text);
	cr_expect_str_eq(secret_bytes(first), "me-web");
	password_verdict(p, PASSWORD_REJECTED);
	second = password_get(p, &db, &w, &f);
	cr_expect_null(second);
	cr_expect_eq(f.class, FAULT_SUDO);
	cr_expect_not_null(strstr(f.text, path), "%s", f.text);
	cr_expect_not_null(password_get(p, &web, &w, &f));
	password_free(p);
	wake_close(&wake);
}
