#include <criterion/criterion.h>
#include <string.h>

#include "base/quote.h"

static const char *
quoted(struct buf *b, const char *word)
{
	buf_clear(b);
	cr_assert_eq(quote_word(b, word), 0);
	return buf_str(b);
}

Test(base_quote, plain_words_stay_bare)
{
	struct buf b;

	buf_init(&b, 1000);
	cr_expect_str_eq(quoted(&b, "ls"), "ls");
	cr_expect_str_eq(
	    quoted(&b, "/a/b.c-d_e,f:g@h+1"), "/a/b.c-d_e,f:g@h+1");
	cr_expect_str_eq(quoted(&b, ""), "''");
	cr_expect_str_eq(quoted(&b, "a b"), "'a b'");
	cr_expect_str_eq(quoted(&b, "it's"), "'it'\\''s'");
	cr_expect_str_eq(quoted(&b, "\\"), "\\\\");
	cr_expect_str_eq(quoted(&b, "!"), "\\!");
	cr_expect_str_eq(quoted(&b, "a!"), "'a'\\!");
	buf_release(&b);
}

/* What any of the shells would make something of. */
Test(base_quote, nothing_that_a_shell_reads_stays_bare)
{
	static const char special[] = " \t\n|&;<>()$`\\\"'*?[]#~=%{}^!\r";
	struct buf b;
	const char *c;

	buf_init(&b, 1000);
	for (c = special; *c; c++) {
		char word[3] = {'a', *c, '\0'};

		cr_expect_neq(strcmp(quoted(&b, word), word), 0, "%02x", *c);
		cr_expect_neq(strcmp(quoted(&b, word + 1), word + 1), 0);
	}
	buf_release(&b);
}

Test(base_quote, a_full_buffer_is_an_error)
{
	static const char *const words[] = {"a b", "c", "it's"};
	struct buf b;
	size_t max;

	for (max = 0; max < 16; max++) {
		buf_init(&b, max);
		cr_expect_eq(quote_words(&b, words, 3), -1, "%zu", max);
		buf_release(&b);
	}
	buf_init(&b, 17);
	cr_expect_eq(quote_words(&b, words, 3), 0);
	cr_expect_str_eq(buf_str(&b), "'a b' c 'it'\\''s'");
	buf_release(&b);
}

Test(base_quote, valid_utf8_is_recognised_and_nothing_else)
{
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = {{"a", 1}, {"\x7f", 1}, {"\xc2\x80", 2}, {"\xdf\xbf", 2},
	    {"\xe0\xa0\x80", 3}, {"\xed\x9f\xbf", 3}, {"\xee\x80\x80", 3},
	    {"\xef\xbf\xbf", 3}, {"\xf0\x90\x80\x80", 4},
	    {"\xf4\x8f\xbf\xbf", 4}, {"\x80", 0}, {"\xbf", 0}, {"\xc0\x80", 0},
	    {"\xc1\xbf", 0}, {"\xc2", 0},
	    {"\xc2"
	     "a",
		0},
	    {"\xc2\xc2", 0}, {"\xe0\x9f\xbf", 0}, {"\xe0\xa0", 0},
	    {"\xed\xa0\x80", 0}, {"\xed\xbf\xbf", 0}, {"\xf0\x8f\xbf\xbf", 0},
	    {"\xf0\x90\x80", 0}, {"\xf4\x90\x80\x80", 0},
	    {"\xf5\x80\x80\x80", 0}, {"\xf8\x88\x80\x80\x80", 0}, {"\xfe", 0},
	    {"\xff", 0}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		cr_expect_eq(
		    quote_utf8_len(rows[i].bytes, strlen(rows[i].bytes)),
		    rows[i].len, "row %zu", i);
	cr_expect_eq(quote_utf8_len("", 0), 0);
	cr_expect_eq(quote_utf8_len("", 1), 1, "a NUL is a character");
}

Test(base_quote, printable_text_has_no_control_in_it)
{
	char all[256];
	struct buf b;
	size_t i;

	for (i = 0; i < sizeof(all); i++)
		all[i] = (char)i;
	buf_init(&b, 10000);
	quote_printable(&b, all, sizeof(all));
	for (i = 0; i < b.len; i++)
		cr_expect(b.data[i] >= ' ' && b.data[i] < 127);
	buf_clear(&b);
	for (i = 0x80; i < 0xa0; i++) {
		char control[2] = {(char)0xc2, (char)i};

		quote_printable(&b, control, 2);
	}
	for (i = 0; i < b.len; i++)
		cr_expect(b.data[i] >= ' ' && b.data[i] < 127);
	buf_clear(&b);
	quote_printable(&b, "a\tb\0\xe2\x82\xac\xff", 8);
	cr_expect_str_eq(buf_str(&b), "a b\\x00\xe2\x82\xac\\xff");
	buf_release(&b);
}

/* A control must be whole even where the text of the sequence is lost. */
Test(base_quote, an_escaped_sequence_is_escaped_whole)
{
	struct buf b;

	buf_init(&b, 100);
	quote_printable(&b,
	    "\xc2\x9b"
	    "31m",
	    5);
	cr_expect_str_eq(buf_str(&b), "\\xc2\\x9b31m");
	buf_release(&b);
}

Test(base_quote, printable_text_stops_at_a_whole_character)
{
	struct buf b;
	size_t max;

	for (max = 0; max < 12; max++) {
		buf_init(&b, max);
		quote_printable(&b, "\xe2\x82\xac\1\xe2\x82\xac", 7);
		cr_expect(b.len == 0 || b.len == 3 || b.len == 7 || b.len == 10,
		    "%zu of %zu", b.len, max);
		buf_release(&b);
	}
}
