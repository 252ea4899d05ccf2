#include <criterion/criterion.h>
#include <string.h>

#include "base/mem.h"
#include "fleet/lines.h"

enum { MAX = 16 << 20 };

/* Feeds text in pieces of step bytes, and ends. */
static void
feed(const char *text, size_t n, size_t step, struct buf *out)
{
	struct lines l;
	size_t at;

	lines_init(&l);
	for (at = 0; at < n; at += step)
		lines_feed(
		    &l, "h: ", text + at, n - at < step ? n - at : step, out);
	lines_end(&l, "h: ", out);
	lines_end(&l, "h: ", out);
	lines_release(&l);
}

Test(fleet_lines, every_line_stands_behind_the_prefix)
{
	static const struct {
		const char *text, *out;
	} rows[] = {{"", ""}, {"a", "h: a\n"}, {"a\n", "h: a\n"},
	    {"\n", "h: \n"}, {"\n\n", "h: \nh: \n"}, {"a\nb", "h: a\nh: b\n"},
	    {"a\n\nb\n", "h: a\nh: \nh: b\n"}, {"a\r\n", "h: a\r\n"},
	    {"\xff\xfe\n", "h: \xff\xfe\n"}};
	size_t i, step;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (step = 1; step < 8; step++) {
			struct buf out;

			buf_init(&out, MAX);
			feed(rows[i].text, strlen(rows[i].text), step, &out);
			cr_expect_str_eq(buf_str(&out), rows[i].out);
			buf_release(&out);
		}
	}
}

Test(fleet_lines, every_byte_is_kept)
{
	char all[512];
	struct buf out, wanted;
	size_t i;

	buf_init(&wanted, MAX);
	buf_init(&out, MAX);
	for (i = 0; i < sizeof(all); i++)
		all[i] = (char)(255 - i % 256);
	buf_puts(&wanted, "h: ");
	for (i = 0; i < sizeof(all); i++) {
		buf_putc(&wanted, all[i]);
		if (all[i] == '\n')
			buf_puts(&wanted, "h: ");
	}
	buf_putc(&wanted, '\n');
	for (i = 1; i < sizeof(all); i++) {
		buf_clear(&out);
		feed(all, sizeof(all), i, &out);
		cr_assert_eq(out.len, wanted.len);
		cr_expect_arr_eq(out.data, wanted.data, out.len);
	}
	buf_release(&out);
	buf_release(&wanted);
}

Test(fleet_lines, a_line_is_held_back_until_it_is_whole)
{
	struct lines l;
	struct buf out;

	buf_init(&out, MAX);
	lines_init(&l);
	lines_feed(&l, "h: ", "one\ntw", 6, &out);
	cr_expect_str_eq(buf_str(&out), "h: one\n");
	lines_feed(&l, "h: ", "o\n", 2, &out);
	cr_expect_str_eq(buf_str(&out), "h: one\nh: two\n");
	lines_feed(&l, "h: ", NULL, 0, &out);
	cr_expect_eq(out.len, 14);
	lines_release(&l);
	buf_release(&out);
}

/* The lengths of the lines in out, which is as long as they say. */
static void
expect_lengths(const struct buf *out, const size_t *lengths)
{
	const char *at = buf_str(out), *end = at + out->len;

	for (; *lengths; lengths++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		cr_assert_not_null(newline, "%zu", *lengths);
		cr_expect_eq((size_t)(newline - at), *lengths + 3);
		at = newline + 1;
	}
	cr_expect_eq(at, end);
}

/* However the bytes come. */
Test(fleet_lines, a_line_over_a_mebibyte_is_cut_into_lines)
{
	static const struct {
		size_t n, lengths[4];
		bool newline;
	} rows[] = {
	    {LINES_MAX - 1, {LINES_MAX - 1}, false},
	    {LINES_MAX, {LINES_MAX}, false},
	    {LINES_MAX + 1, {LINES_MAX, 1}, false},
	    {2 * LINES_MAX + 5, {LINES_MAX, LINES_MAX, 5}, false},
	    {LINES_MAX - 1, {LINES_MAX - 1}, true},
	    {LINES_MAX, {LINES_MAX}, true},
	    {LINES_MAX + 1, {LINES_MAX, 1}, true},
	    {2 * LINES_MAX, {LINES_MAX, LINES_MAX}, true},
	    {2 * LINES_MAX + 5, {LINES_MAX, LINES_MAX, 5}, true},
	};
	static const size_t steps[] = {MAX, LINES_MAX, 32768, 1000, 65537};
	size_t i, j;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *text = mem_alloc(rows[i].n + 1, 1);

		memset(text, 'x', rows[i].n);
		text[rows[i].n] = '\n';
		for (j = 0; j < sizeof(steps) / sizeof(*steps); j++) {
			struct buf out;

			buf_init(&out, MAX);
			feed(text, rows[i].n + rows[i].newline, steps[j], &out);
			expect_lengths(&out, rows[i].lengths);
			buf_release(&out);
		}
		mem_free(text);
	}
}
