#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

Test(base_buf, an_empty_buffer_reads_as_an_empty_string)
{
	struct buf b;

	buf_init(&b, 10);
	cr_expect_str_eq(buf_str(&b), "");
	buf_consume(&b, 5);
	buf_clear(&b);
	cr_expect_eq(b.len, 0);
	cr_expect_eq(buf_append(&b, NULL, 0), 0, "no bytes from nowhere");
	cr_expect_str_eq(buf_str(&b), "");
	buf_release(&b);
	buf_release(&b);
}

Test(base_buf, holds_exactly_its_maximum)
{
	struct buf b;

	buf_init(&b, 4);
	cr_expect_eq(buf_puts(&b, "abcd"), 0);
	cr_expect_eq(buf_putc(&b, 'e'), -1);
	cr_expect_str_eq(buf_str(&b), "abcd");
	cr_expect_null(buf_room(&b, 1));
	cr_expect_not_null(buf_room(&b, 0));
	cr_expect_null(buf_room(&b, SIZE_MAX), "no overflow");
	buf_release(&b);
}

Test(base_buf, what_does_not_fit_leaves_no_part_behind)
{
	struct buf b;

	buf_init(&b, 8);
	buf_puts(&b, "abc");
	cr_expect_eq(buf_append(&b, "123456", 6), -1);
	cr_expect_eq(buf_printf(&b, "%d", 123456), -1);
	cr_expect_str_eq(buf_str(&b), "abc");
	cr_expect_eq(buf_printf(&b, "%d", 12345), 0);
	cr_expect_str_eq(buf_str(&b), "abc12345");
	buf_release(&b);
}

Test(base_buf, keeps_nul_bytes_and_ends_with_one_of_its_own)
{
	struct buf b;

	buf_init(&b, 100);
	buf_append(&b, "a\0b\0", 4);
	cr_expect_eq(b.len, 4);
	cr_expect_arr_eq(b.data, "a\0b\0", 5);
	buf_consume(&b, 1);
	cr_expect_arr_eq(b.data, "\0b\0", 4);
	buf_release(&b);
}

Test(base_buf, grows_without_losing_a_byte)
{
	enum { N = 300000 };
	struct buf b;
	size_t i, wrong = 0;

	buf_init(&b, N);
	for (i = 0; i < N; i++)
		cr_assert_eq(buf_putc(&b, (char)(i % 251)), 0);
	cr_expect_eq(buf_putc(&b, 'x'), -1);
	for (i = 0; i < N; i++)
		wrong += b.data[i] != (char)(i % 251);
	cr_expect_eq(wrong, 0);
	cr_expect_eq(b.data[N], '\0');
	buf_release(&b);
}

Test(base_buf, consumes_from_the_front_and_at_most_all)
{
	struct buf b;

	buf_init(&b, 100);
	buf_puts(&b, "abcdef");
	buf_consume(&b, 0);
	buf_consume(&b, 2);
	cr_expect_str_eq(buf_str(&b), "cdef");
	buf_consume(&b, 1000);
	cr_expect_str_eq(buf_str(&b), "");
	cr_expect_eq(buf_puts(&b, "again"), 0);
	cr_expect_str_eq(buf_str(&b), "again");
	buf_release(&b);
}

Test(base_buf, what_is_stolen_belongs_to_the_caller)
{
	struct buf b;
	char *text;

	buf_init(&b, 5);
	text = buf_steal(&b);
	cr_expect_str_eq(text, "");
	mem_free(text);
	buf_puts(&b, "12345");
	text = buf_steal(&b);
	cr_expect_eq(b.len, 0);
	cr_expect_eq(buf_puts(&b, "67890"), 0, "the maximum stays");
	cr_expect_eq(buf_putc(&b, '1'), -1);
	cr_expect_str_eq(text, "12345");
	mem_free(text);
	buf_release(&b);
}

Test(base_buf, room_is_counted_only_when_it_is_used)
{
	struct buf b;
	char *to;

	buf_init(&b, 1000);
	buf_puts(&b, "abc");
	to = buf_room(&b, 500);
	cr_assert_not_null(to);
	memcpy(to, "defg", 4);
	cr_expect_eq(b.len, 3);
	buf_grow(&b, 4);
	cr_expect_str_eq(buf_str(&b), "abcdefg");
	buf_release(&b);
}

Test(base_buf, room_that_is_not_used_leaves_a_string)
{
	size_t i;

	for (i = 0; i < 100; i++) {
		char *dirty = mem_alloc(100, 1);
		struct buf b;

		memset(dirty, 'x', 100);
		mem_free(dirty);
		buf_init(&b, 1000);
		cr_assert_not_null(buf_room(&b, i));
		cr_expect_str_eq(buf_str(&b), "");
		buf_release(&b);
	}
}
