#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fdio.h"

enum { LARGE = 1 << 20 };

static char large[LARGE], got[LARGE];

static void *
read_slowly(void *arg)
{
	size_t at = 0;
	ssize_t n;

	while (at < LARGE &&
	    (n = read(*(int *)arg, got + at,
		 LARGE - at < 1000 ? LARGE - at : 1000)) > 0)
		at += (size_t)n;
	return NULL;
}

Test(base_fdio, all_is_written_where_the_descriptor_would_block)
{
	pthread_t thread;
	int fds[2];
	size_t i;

	for (i = 0; i < LARGE; i++)
		large[i] = (char)(i % 253);
	cr_assert_eq(pipe(fds), 0);
	cr_expect_eq(fdio_set_nonblock(fds[1], 1), 0);
	pthread_create(&thread, NULL, read_slowly, &fds[0]);
	cr_expect_eq(fdio_write_all(fds[1], large, LARGE), 0);
	pthread_join(thread, NULL);
	cr_expect_eq(memcmp(large, got, LARGE), 0);
	close(fds[0]);
	close(fds[1]);
}

Test(base_fdio, a_write_that_fails_has_its_errno)
{
	int fd = open("/dev/full", O_WRONLY), fds[2];

	errno = 0;
	cr_expect_eq(fdio_write_all(fd, "x", 1), -1);
	cr_expect_eq(errno, ENOSPC);
	cr_expect_eq(fdio_write_all(fd, "x", 0), 0);
	cr_expect_eq(fdio_close(fd), -1);
	signal(SIGPIPE, SIG_IGN);
	cr_assert_eq(pipe(fds), 0);
	close(fds[0]);
	cr_expect_eq(fdio_write_all(fds[1], "x", 1), -1);
	cr_expect_eq(errno, EPIPE);
	close(fds[1]);
}

Test(base_fdio, closing_keeps_errno_and_takes_no_descriptor)
{
	errno = EDOM;
	cr_expect_eq(fdio_close(-1), -1);
	cr_expect_eq(fdio_close(9999), -1);
	cr_expect_eq(errno, EDOM);
}

Test(base_fdio, flags_are_set_and_cleared)
{
	int fds[2];

	cr_assert_eq(pipe(fds), 0);
	cr_expect_eq(fdio_set_nonblock(fds[0], 1), 0);
	cr_expect(fcntl(fds[0], F_GETFL) & O_NONBLOCK);
	cr_expect_eq(fdio_set_nonblock(fds[0], 0), 0);
	cr_expect(!(fcntl(fds[0], F_GETFL) & O_NONBLOCK));
	cr_expect_eq(fdio_set_nonblock(9999, 1), -1);
	close(fds[0]);
	close(fds[1]);
}

Test(base_fdio, a_file_is_read_to_its_end_or_its_maximum)
{
	char path[] = "/tmp/fdio-test-XXXXXX";
	int fd = mkstemp(path);
	struct fault f = {0};
	struct buf b;

	cr_assert_geq(fd, 0);
	cr_assert_eq(fdio_write_all(fd, large, 10000), 0);
	buf_init(&b, 10000);
	cr_expect_eq(fdio_read_file(path, &b, &f), 0);
	cr_expect_eq(b.len, 10000);
	buf_release(&b);
	buf_init(&b, 9999);
	cr_expect_eq(fdio_read_file(path, &b, &f), -1);
	cr_expect_eq(f.error, EFBIG);
	cr_expect_eq(f.class, FAULT_SYSTEM);
	cr_expect_not_null(strstr(f.text, path), "it names the file");
	buf_release(&b);
	unlink(path);
	cr_expect_eq(fdio_read_file(path, &b, &f), -1);
	cr_expect_eq(f.error, ENOENT);
	cr_expect_eq(fdio_read_file("/", &b, &f), -1);
	cr_expect_eq(f.error, EISDIR);
	buf_release(&b);
	close(fd);
}

static bool
is_null(int fd)
{
	struct stat null, st;

	return !stat("/dev/null", &null) && !fstat(fd, &st) &&
	    null.st_rdev == st.st_rdev && S_ISCHR(st.st_mode);
}

/* In a child of its own, which has nothing to say with them. */
Test(base_fdio, closed_standard_descriptors_are_opened_on_null)
{
	int mask;

	for (mask = 0; mask < 8; mask++) {
		pid_t pid = fork();
		int status, i, ok = 1;

		cr_assert_geq(pid, 0);
		if (pid == 0) {
			for (i = 0; i < 3; i++)
				if (mask & 1 << i)
					close(i);
			ok = !fdio_open_standard();
			for (i = 0; i < 3; i++)
				if (mask & 1 << i)
					ok = ok && is_null(i);
			_exit(!ok);
		}
		cr_assert_eq(waitpid(pid, &status, 0), pid);
		cr_expect_eq(status, 0, "mask %d", mask);
	}
}
