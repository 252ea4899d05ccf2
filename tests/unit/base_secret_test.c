#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"

/* A pipe that holds n bytes and then ends. */
static int
pipe_with(const char *bytes, size_t n)
{
	int fds[2];

	cr_assert_eq(pipe(fds), 0);
	cr_assert_eq(write(fds[1], bytes, n), (ssize_t)n);
	close(fds[1]);
	return fds[0];
}

Test(base_secret, holds_what_was_typed)
{
	struct secret *s = secret_new();

	secret_backspace(s);
	cr_expect_eq(secret_len(s), 0);
	secret_append(s, 'a');
	secret_append(s, '\0');
	secret_append(s, 'c');
	secret_append(s, 'd');
	secret_backspace(s);
	cr_expect_eq(secret_len(s), 3);
	cr_expect_arr_eq(secret_bytes(s), "a\0c", 4);
	secret_free(s);
	secret_free(NULL);
}

Test(base_secret, is_full_at_its_maximum)
{
	struct secret *s = secret_new();
	int i;

	for (i = 0; i < SECRET_MAX; i++)
		cr_assert_eq(secret_append(s, 'x'), 0);
	cr_expect_eq(secret_append(s, 'y'), -1);
	cr_expect_eq(secret_len(s), SECRET_MAX);
	cr_expect_eq(secret_bytes(s)[SECRET_MAX], '\0');
	secret_backspace(s);
	cr_expect_eq(secret_append(s, 'z'), 0);
	cr_expect_eq(secret_bytes(s)[SECRET_MAX - 1], 'z');
	secret_free(s);
}

Test(base_secret, nothing_of_it_is_left_when_cleared)
{
	static const char zero[SECRET_MAX + 1];
	struct secret *s = secret_new();
	int i;

	for (i = 0; i < 100; i++)
		secret_append(s, 'x');
	secret_clear(s);
	cr_expect_eq(secret_len(s), 0);
	cr_expect_arr_eq(secret_bytes(s), zero, sizeof(zero));
	secret_free(s);
}

Test(base_secret, a_line_is_read_and_not_a_byte_more)
{
	struct secret *s = secret_new();
	int fd = pipe_with("word \nmore", 10);
	char rest[10];

	cr_expect_eq(secret_read_line(s, fd), 0);
	cr_expect_eq(secret_len(s), 5);
	cr_expect_arr_eq(secret_bytes(s), "word ", 6);
	cr_expect_eq(read(fd, rest, sizeof(rest)), 4);
	close(fd);
	secret_free(s);
}

Test(base_secret, the_last_line_needs_no_newline)
{
	struct secret *s = secret_new();
	int fd = pipe_with("word", 4);

	cr_expect_eq(secret_read_line(s, fd), 0);
	cr_expect_eq(secret_len(s), 4);
	close(fd);
	secret_free(s);
}

Test(base_secret, a_line_that_is_too_long_is_refused_whole)
{
	static char large[SECRET_MAX + 1];
	struct secret *s = secret_new();
	int fd;

	memset(large, 'x', sizeof(large));
	fd = pipe_with(large, SECRET_MAX);
	cr_expect_eq(secret_read_line(s, fd), 0, "the longest");
	close(fd);
	secret_clear(s);
	fd = pipe_with(large, SECRET_MAX + 1);
	errno = 0;
	cr_expect_eq(secret_read_line(s, fd), -1);
	cr_expect_eq(errno, EFBIG);
	cr_expect_eq(secret_len(s), 0);
	close(fd);
	secret_free(s);
}

Test(base_secret, what_cannot_be_read_is_an_error)
{
	struct secret *s = secret_new();
	int fd = open("/", O_RDONLY);

	cr_expect_eq(secret_read_line(s, fd), -1);
	cr_expect_eq(errno, EISDIR);
	close(fd);
	secret_free(s);
}
