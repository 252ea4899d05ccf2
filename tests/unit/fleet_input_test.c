#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fleet/input.h"

enum { SIZE = 1 << 20, READERS = 8 };

static char bytes[SIZE];

static void
fill(void)
{
	size_t i;

	for (i = 0; i < SIZE; i++)
		bytes[i] = (char)(i * 31 % 251);
}

TestSuite(fleet_input, .init = fill);

struct reader {
	struct input *in;
	pthread_t thread;
	size_t step, got, wrong;
};

static void
await(struct wake *wake)
{
	struct pollfd p = {.fd = wake->read_fd, .events = POLLIN};

	cr_expect_eq(poll(&p, 1, 20000), 1, "a wake-up was lost");
	wake_drain(wake);
}

/* Reads to the end and compares. */
static void *
read_main(void *arg)
{
	struct reader *r = arg;
	struct wake wake;
	struct input_reader at = {.wake = &wake};
	char chunk[5000];
	ssize_t n;

	wake_open(&wake);
	input_join(r->in, &at);
	while ((n = input_read(r->in, &at, chunk, r->step)) != 0) {
		if (n < 0) {
			await(&wake);
			continue;
		}
		r->wrong += memcmp(chunk, bytes + r->got, (size_t)n) != 0;
		r->got += (size_t)n;
	}
	input_leave(r->in, &at);
	wake_close(&wake);
	return NULL;
}

static void
expect_readers(struct input *in, size_t wanted)
{
	struct reader readers[READERS];
	int i;

	for (i = 0; i < READERS; i++) {
		readers[i] = (struct reader){
		    .in = in, .step = i % 2 ? 5000 : 1 + (size_t)i * 300};
		if (i == 0)
			readers[i].step = 977;
		pthread_create(
		    &readers[i].thread, NULL, read_main, &readers[i]);
	}
	for (i = 0; i < READERS; i++) {
		pthread_join(readers[i].thread, NULL);
		cr_expect_eq(readers[i].got, wanted, "%zu", readers[i].got);
		cr_expect_eq(readers[i].wrong, 0);
	}
}

static void *
write_main(void *arg)
{
	int fd = *(int *)arg;
	size_t at;

	for (at = 0; at < SIZE; at += 4096)
		cr_expect_eq(fdio_write_all(fd, bytes + at, 4096), 0);
	close(fd);
	return NULL;
}

Test(fleet_input, each_host_gets_all_of_a_pipe)
{
	struct fault f = {0};
	struct input *in;
	pthread_t thread;
	int fds[2];

	cr_assert_eq(pipe(fds), 0);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	in = input_open(READERS, true, &f);
	cr_assert_not_null(in, "%s", f.text);
	pthread_create(&thread, NULL, write_main, &fds[1]);
	expect_readers(in, SIZE);
	pthread_join(thread, NULL);
	expect_readers(in, SIZE);
	cr_expect_eq(input_error(in), 0);
	input_close(in);
}

Test(fleet_input, each_host_gets_a_file_from_where_it_stands)
{
	char path[] = "/tmp/input-test-XXXXXX";
	int fd = mkstemp(path);
	struct fault f = {0};
	struct input *in;

	unlink(path);
	cr_assert_eq(fdio_write_all(fd, "skipped", 7), 0);
	cr_assert_eq(fdio_write_all(fd, bytes, SIZE), 0);
	cr_assert_eq(lseek(fd, 7, SEEK_SET), 7);
	dup2(fd, STDIN_FILENO);
	in = input_open(READERS, false, &f);
	cr_assert_not_null(in);
	expect_readers(in, SIZE);
	cr_expect_eq(input_error(in), 0);
	input_close(in);
	close(fd);
}

Test(fleet_input, nothing_is_an_end_at_once)
{
	struct fault f = {0};
	struct input *in;

	dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	in = input_open(READERS, false, &f);
	expect_readers(in, 0);
	cr_expect_eq(input_error(in), 0);
	input_close(in);
	input_close(NULL);
}

Test(fleet_input, who_leaves_is_not_woken)
{
	struct fault f = {0};
	struct input_reader a = {0}, b = {0};
	struct wake wake, other;
	struct input *in;
	int fds[2];
	char byte;

	cr_assert_eq(pipe(fds), 0);
	dup2(fds[0], STDIN_FILENO);
	in = input_open(READERS, false, &f);
	cr_assert_eq(wake_open(&wake) | wake_open(&other), 0);
	a.wake = &other;
	b.wake = &wake;
	input_join(in, &a);
	input_join(in, &b);
	cr_expect_eq(input_read(in, &a, &byte, 1), -1);
	cr_expect_eq(input_read(in, &b, &byte, 1), -1);
	cr_expect_eq(input_read(in, &a, &byte, 1), -1, "asked twice");
	input_leave(in, &a);
	input_leave(in, &a);
	wake_close(&other);
	cr_assert_eq(write(fds[1], "x", 1), 1);
	await(&wake);
	cr_expect_eq(input_read(in, &b, &byte, 1), 1);
	cr_expect_eq(byte, 'x');
	input_leave(in, &b);
	input_close(in);
	wake_close(&wake);
	close(fds[0]);
	close(fds[1]);
}

Test(fleet_input, closing_does_not_wait_for_an_end)
{
	struct fault f = {0};
	struct input *in;
	int fds[2];

	cr_assert_eq(pipe(fds), 0);
	dup2(fds[0], STDIN_FILENO);
	in = input_open(READERS, false, &f);
	cr_assert_not_null(in);
	input_close(in);
	close(fds[0]);
	close(fds[1]);
}

/* A directory is no input, nor a file that was opened for writing. */
Test(fleet_input, what_cannot_be_read_is_an_error_and_not_an_end)
{
	char path[] = "/tmp/input-test-XXXXXX";
	int fd = mkstemp(path);
	struct fault f = {0};
	struct input *in;

	close(fd);
	dup2(open("/", O_RDONLY), STDIN_FILENO);
	in = input_open(READERS, false, &f);
	expect_readers(in, 0);
	cr_expect_eq(input_error(in), EISDIR);
	input_close(in);
	fd = open(path, O_WRONLY);
	cr_assert_eq(fdio_write_all(fd, "x", 1), 0);
	dup2(fd, STDIN_FILENO);
	in = input_open(READERS, false, &f);
	expect_readers(in, 0);
	cr_expect_eq(input_error(in), EBADF);
	input_close(in);
	unlink(path);
	close(fd);
}

Test(fleet_input, a_directory_for_the_spool_that_is_not_there_is_told)
{
	struct fault f = {0};
	int fds[2];

	cr_assert_eq(pipe(fds), 0);
	dup2(fds[0], STDIN_FILENO);
	setenv("TMPDIR", "/nonexistent", 1);
	cr_expect_null(input_open(READERS, false, &f));
	cr_expect_eq(f.class, FAULT_SYSTEM);
	cr_expect_not_null(strstr(f.text, "/nonexistent"));
	close(fds[0]);
	close(fds[1]);
}
