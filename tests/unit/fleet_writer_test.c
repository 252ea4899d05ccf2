#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/fdio.h"
#include "fleet/writer.h"

enum { MAX = 64 << 20 };

static atomic_int failures;

static void
note_failure(void *arg)
{
	(void)arg;
	atomic_fetch_add(&failures, 1);
}

static struct writer *
start(void)
{
	struct fault f = {0};
	struct writer *w;

	signal(SIGPIPE, SIG_IGN);
	w = writer_start(note_failure, NULL, &f);
	cr_assert_not_null(w, "%s", f.text);
	return w;
}

/* Reads a descriptor to its end, slowly: little at a time. */
struct drain {
	pthread_t thread;
	int fd;
	size_t step;
	struct buf got;
};

static void *
drain_main(void *arg)
{
	struct drain *d = arg;
	char bytes[65536];
	ssize_t n;

	while ((n = fdio_read(d->fd, bytes, d->step)) > 0)
		cr_expect_eq(buf_append(&d->got, bytes, (size_t)n), 0);
	close(d->fd);
	return NULL;
}

static void
drain_start(struct drain *d, int fd, size_t step)
{
	d->fd = fd;
	d->step = step;
	buf_init(&d->got, MAX);
	pthread_create(&d->thread, NULL, drain_main, d);
}

/* Waits for room and hands over. */
static void
put(struct writer *w, enum writer_stream stream, struct wake *wake,
    const char *bytes, size_t n)
{
	while (writer_room(w, stream, wake) == 0) {
		struct pollfd p = {.fd = wake->read_fd, .events = POLLIN};

		cr_expect_eq(poll(&p, 1, 20000), 1, "a wake-up was lost");
		wake_drain(wake);
	}
	writer_put(w, stream, bytes, n);
}

struct producer {
	pthread_t thread;
	struct writer *w;
	enum writer_stream stream;
	int number, lines;
};

static void *
produce_main(void *arg)
{
	struct producer *p = arg;
	struct wake wake;
	int i;

	wake_open(&wake);
	for (i = 0; i < p->lines; i++) {
		char line[300];
		int n = snprintf(line, sizeof(line), "%d:%d:", p->number, i);

		memset(line + n, 'a' + p->number, 200);
		line[n + 200] = '\n';
		put(p->w, p->stream, &wake, line, (size_t)n + 201);
	}
	wake_close(&wake);
	return NULL;
}

/* Lines of n producers: each whole, those of one in order. */
static void
expect_lines(const struct buf *b, int n, int lines)
{
	const char *at = buf_str(b);
	int next[16] = {0}, i;

	while (*at) {
		int number, line, used = 0;

		cr_assert_eq(sscanf(at, "%d:%d:%n", &number, &line, &used), 2,
		    "%.40s", at);
		cr_assert(number >= 0 && number < n, "%.40s", at);
		at += used;
		for (i = 0; i < 200; i++)
			cr_assert_eq(at[i], 'a' + number, "a torn line");
		cr_assert_eq(at[200], '\n');
		at += 201;
		cr_expect_eq(line, next[number]++);
	}
	for (i = 0; i < n; i++)
		cr_expect_eq(next[i], lines);
}

/* Producers on both streams, which go to one or two descriptors. */
static void
produce(int out, int err, int lines)
{
	struct producer producers[8];
	struct writer *w;
	int i;

	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	close(out);
	if (err != out)
		close(err);
	w = start();
	for (i = 0; i < 8; i++) {
		producers[i] = (struct producer){.w = w,
		    .stream = i % 2 ? WRITER_STDERR : WRITER_STDOUT,
		    .number = i,
		    .lines = lines};
		pthread_create(
		    &producers[i].thread, NULL, produce_main, &producers[i]);
	}
	for (i = 0; i < 8; i++)
		pthread_join(producers[i].thread, NULL);
	cr_expect_eq(writer_stop(w, false), 0);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
}

Test(fleet_writer, lines_of_several_threads_reach_a_slow_pipe_whole)
{
	struct drain d;
	int fds[2];

	cr_assert_eq(pipe(fds), 0);
	drain_start(&d, fds[0], 700);
	produce(fds[1], fds[1], 4000);
	pthread_join(d.thread, NULL);
	expect_lines(&d.got, 8, 4000);
	buf_release(&d.got);
}

Test(fleet_writer, lines_of_several_threads_reach_a_socket_whole)
{
	struct drain d;
	int fds[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	drain_start(&d, fds[0], 5000);
	produce(fds[1], fds[1], 2000);
	pthread_join(d.thread, NULL);
	expect_lines(&d.got, 8, 2000);
	buf_release(&d.got);
}

Test(fleet_writer, lines_of_several_threads_reach_two_slow_pipes_whole)
{
	struct drain out, err;
	int outs[2], errs[2];

	cr_assert_eq(pipe(outs) | pipe(errs), 0);
	drain_start(&out, outs[0], 3000);
	drain_start(&err, errs[0], 700);
	produce(outs[1], errs[1], 3000);
	pthread_join(out.thread, NULL);
	pthread_join(err.thread, NULL);
	cr_expect_eq(buf_append(&out.got, err.got.data, err.got.len), 0);
	expect_lines(&out.got, 8, 3000);
	buf_release(&out.got);
	buf_release(&err.got);
}

/* Whether what is put is there at once: without waiting for a thread. */
static void
expect_at_once(int in, int out)
{
	struct writer *w;
	char got;
	int i;

	dup2(out, STDOUT_FILENO);
	close(out);
	cr_assert_eq(fcntl(in, F_SETFL, O_NONBLOCK), 0);
	w = start();
	for (i = 0; i < 100; i++) {
		char byte = (char)i;

		writer_put(w, WRITER_STDOUT, &byte, 1);
		cr_assert_eq(read(in, &got, 1), 1, "%d", i);
		cr_assert_eq(got, byte);
	}
	cr_expect_eq(writer_stop(w, false), 0);
	close(STDOUT_FILENO);
	close(in);
}

Test(fleet_writer, what_a_pipe_has_room_for_is_written_at_once)
{
	int fds[2];

	cr_assert_eq(pipe(fds), 0);
	expect_at_once(fds[0], fds[1]);
}

Test(fleet_writer, what_a_socket_has_room_for_is_written_at_once)
{
	int fds[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	expect_at_once(fds[0], fds[1]);
}

Test(fleet_writer, lines_of_several_threads_reach_a_terminal_whole)
{
	struct drain d;
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
	struct buf plain;
	size_t i;

	cr_assert_geq(master, 0);
	cr_assert_eq(grantpt(master) | unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	cr_assert_geq(slave, 0);
	drain_start(&d, master, 700);
	produce(slave, slave, 1000);
	pthread_join(d.thread, NULL);
	buf_init(&plain, MAX);
	for (i = 0; i < d.got.len; i++)
		if (d.got.data[i] != '\r')
			buf_putc(&plain, d.got.data[i]);
	expect_lines(&plain, 8, 1000);
	buf_release(&plain);
	buf_release(&d.got);
}

Test(fleet_writer, a_file_gets_all)
{
	char path[] = "/tmp/writer-test-XXXXXX";
	int fd = mkstemp(path);
	struct fault f = {0};
	struct buf got;

	close(fd);
	fd = open(path, O_WRONLY | O_APPEND);
	produce(fd, fd, 1000);
	buf_init(&got, MAX);
	cr_expect_eq(fdio_read_file(path, &got, &f), 0);
	expect_lines(&got, 8, 1000);
	buf_release(&got);
	unlink(path);
}

Test(fleet_writer, one_stream_that_stands_does_not_hold_the_other)
{
	struct drain d;
	struct wake wake;
	struct writer *w;
	int out[2], err[2], i;
	static char large[100000];

	memset(large, 'x', sizeof(large));
	cr_assert_eq(pipe(out) | pipe(err) | wake_open(&wake), 0);
	dup2(out[1], STDOUT_FILENO);
	dup2(err[1], STDERR_FILENO);
	close(out[1]);
	close(err[1]);
	w = start();
	for (i = 0; i < 10 && writer_room(w, WRITER_STDOUT, &wake); i++)
		writer_put(w, WRITER_STDOUT, large, sizeof(large));
	writer_put(w, WRITER_STDERR, "message\n", 8);
	cr_expect_eq(read(err[0], large, sizeof(large)), 8);
	drain_start(&d, out[0], 65536);
	cr_expect_eq(writer_stop(w, false), 0);
	close(STDOUT_FILENO);
	pthread_join(d.thread, NULL);
	cr_expect_eq(d.got.len, (size_t)i * sizeof(large));
	buf_release(&d.got);
	wake_close(&wake);
}

Test(fleet_writer, room_is_given_until_the_queue_is_full_and_told_again)
{
	struct wake wake;
	struct drain d;
	struct writer *w;
	int fds[2];
	size_t total = 0, room;
	static char large[65536];

	cr_assert_eq(pipe(fds) | wake_open(&wake), 0);
	dup2(fds[1], STDOUT_FILENO);
	close(fds[1]);
	w = start();
	while ((room = writer_room(w, WRITER_STDOUT, &wake)) > 0) {
		size_t n = room < sizeof(large) ? room : sizeof(large);

		writer_put(w, WRITER_STDOUT, large, n);
		total += n;
		cr_assert_lt(total, 2 << 20, "it is bounded");
	}
	cr_expect_eq(writer_room(w, WRITER_STDOUT, &wake), 0);
	drain_start(&d, fds[0], 65536);
	put(w, WRITER_STDOUT, &wake, "end", 3);
	cr_expect_eq(writer_stop(w, false), 0);
	close(STDOUT_FILENO);
	pthread_join(d.thread, NULL);
	cr_expect_eq(d.got.len, total + 3);
	buf_release(&d.got);
	wake_close(&wake);
}

/* As a thread does whose host was lost while it waited. */
Test(fleet_writer, who_leaves_is_not_woken)
{
	static char large[65536];
	struct wake gone, stays;
	struct drain d;
	struct writer *w;
	int fds[2];

	cr_assert_eq(pipe(fds) | wake_open(&gone) | wake_open(&stays), 0);
	dup2(fds[1], STDOUT_FILENO);
	close(fds[1]);
	w = start();
	while (writer_room(w, WRITER_STDOUT, &gone) > 0)
		writer_put(w, WRITER_STDOUT, large, sizeof(large));
	cr_expect_eq(writer_room(w, WRITER_STDOUT, &stays), 0);
	writer_leave(w, &gone);
	writer_leave(w, &gone);
	drain_start(&d, fds[0], 65536);
	put(w, WRITER_STDOUT, &stays, "end", 3);
	cr_expect_eq(writer_stop(w, false), 0);
	cr_expect_eq(
	    poll(&(struct pollfd){.fd = gone.read_fd, .events = POLLIN}, 1, 0),
	    0);
	close(STDOUT_FILENO);
	pthread_join(d.thread, NULL);
	buf_release(&d.got);
	wake_close(&gone);
	wake_close(&stays);
}

/* A failure of standard output is told once and ends nothing by itself. */
static void
expect_failure_of(enum writer_stream stream, int told, int error)
{
	struct wake wake;
	struct writer *w;
	int i;

	cr_assert_eq(wake_open(&wake), 0);
	atomic_store(&failures, 0);
	w = start();
	for (i = 0; i < 10000; i++)
		put(w, stream, &wake, "a line of output\n", 17);
	cr_expect_eq(writer_stop(w, false), error);
	cr_expect_eq(atomic_load(&failures), told);
	wake_close(&wake);
}

static void
expect_failure(int fd, int error)
{
	dup2(fd, STDOUT_FILENO);
	close(fd);
	expect_failure_of(WRITER_STDOUT, 1, error);
}

Test(fleet_writer, who_reads_standard_error_alone_may_go)
{
	int fds[2];

	cr_assert_eq(pipe(fds), 0);
	close(fds[0]);
	dup2(fds[1], STDERR_FILENO);
	close(fds[1]);
	expect_failure_of(WRITER_STDERR, 0, 0);
}

Test(fleet_writer, standard_error_in_the_same_place_is_output)
{
	int fds[2];

	cr_assert_eq(pipe(fds), 0);
	close(fds[0]);
	dup2(fds[1], STDERR_FILENO);
	dup2(fds[1], STDOUT_FILENO);
	close(fds[1]);
	expect_failure_of(WRITER_STDERR, 1, EPIPE);
}

Test(fleet_writer, a_full_device_is_told)
{
	expect_failure(open("/dev/full", O_WRONLY), ENOSPC);
}

Test(fleet_writer, a_reader_that_has_gone_is_told)
{
	int fds[2];

	cr_assert_eq(pipe(fds), 0);
	close(fds[0]);
	expect_failure(fds[1], EPIPE);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	close(fds[0]);
	expect_failure(fds[1], EPIPE);
}

Test(fleet_writer, a_descriptor_that_cannot_be_written_is_told)
{
	expect_failure(open("/dev/null", O_RDONLY), EBADF);
}

Test(fleet_writer, a_terminal_that_nobody_reads_keeps_nobody, .timeout = 10)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave, i;
	struct writer *w;

	cr_assert(master >= 0 && !grantpt(master) && !unlockpt(master));
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	cr_assert(slave >= 0);
	dup2(slave, STDOUT_FILENO);
	close(slave);
	w = start();
	for (i = 0; i < 100000; i++)
		writer_put(w, WRITER_STDOUT, "a line of output\n", 17);
	cr_expect_eq(writer_stop(w, true), 0);
	close(master);
}

Test(fleet_writer, a_failure_of_standard_error_is_told_at_the_end)
{
	struct writer *w;
	int fds[2];

	cr_assert_eq(pipe(fds), 0);
	dup2(open("/dev/full", O_WRONLY), STDERR_FILENO);
	dup2(fds[1], STDOUT_FILENO);
	close(fds[1]);
	w = start();
	writer_put(w, WRITER_STDERR, "lost\n", 5);
	writer_put(w, WRITER_STDOUT, "kept\n", 5);
	cr_expect_eq(writer_stop(w, false), ENOSPC);
	cr_expect_eq(atomic_load(&failures), 0);
	close(fds[0]);
}

Test(fleet_writer, messages_go_through_it_and_directly_afterwards)
{
	struct writer *w;
	char got[100] = "";
	int fds[2];

	cr_assert_eq(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	diag_init("prog");
	w = start();
	writer_put(w, WRITER_STDERR, "one\n", 4);
	diag_error("two");
	writer_put(w, WRITER_STDERR, "three\n", 6);
	cr_expect_eq(writer_stop(w, false), 0);
	diag_error("four");
	cr_expect_gt(read(fds[0], got, sizeof(got) - 1), 0);
	cr_expect_str_eq(got, "one\nprog: two\nthree\nprog: four\n");
	close(fds[0]);
	close(fds[1]);
}

Test(fleet_writer, stopped_in_a_hurry_it_does_not_wait_for_a_reader)
{
	struct wake wake;
	struct writer *w;
	int fds[2];
	static char large[65536];

	cr_assert_eq(pipe(fds) | wake_open(&wake), 0);
	dup2(fds[1], STDOUT_FILENO);
	w = start();
	while (writer_room(w, WRITER_STDOUT, &wake) > 0)
		writer_put(w, WRITER_STDOUT, large, sizeof(large));
	cr_expect_eq(writer_stop(w, true), 0);
	wake_close(&wake);
	close(fds[0]);
	close(fds[1]);
}

Test(fleet_writer, stopped_in_a_hurry_it_writes_what_there_is_room_for)
{
	int i;

	for (i = 0; i < 200; i++) {
		char got[100] = "";
		struct writer *w;
		int fds[2];

		cr_assert_eq(pipe(fds), 0);
		fdio_set_nonblock(fds[0], 1);
		dup2(fds[1], STDERR_FILENO);
		w = start();
		writer_put(w, WRITER_STDERR, "last words\n", 11);
		cr_expect_eq(writer_stop(w, true), 0);
		(void)!read(fds[0], got, sizeof(got) - 1);
		cr_assert_str_eq(got, "last words\n");
		close(fds[0]);
		close(fds[1]);
	}
}
