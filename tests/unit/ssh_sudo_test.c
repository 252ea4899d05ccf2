#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "ssh/cmdline.h"
#include "ssh/sudo.h"

/* A dialogue, with what the command wrote behind the mark. */
struct dialogue {
	struct sudo sudo;
	struct buf output;
	int answers;
};

static void
begin(struct dialogue *d)
{
	sudo_init(&d->sudo, false);
	buf_init(&d->output, 1 << 20);
	d->answers = 0;
}

static void
end(struct dialogue *d)
{
	sudo_release(&d->sudo);
	buf_release(&d->output);
}

/* Feeds bytes from memory of exactly their size, and answers when asked. */
static void
feed(struct dialogue *d, const char *bytes, size_t n)
{
	char *part = malloc(n ? n : 1);
	size_t rest;

	if (n)
		memcpy(part, bytes, n);
	if (sudo_feed(&d->sudo, part, n, &rest) == SUDO_STARTED)
		buf_append(&d->output, part + n - rest, rest);
	else
		cr_expect_eq(rest, 0);
	free(part);
	if (d->sudo.state == SUDO_ASKING) {
		d->answers++;
		sudo_answered(&d->sudo);
	}
}

static void
feed_text(struct dialogue *d, const char *text)
{
	feed(d, text, strlen(text));
}

/* %P is the prompt, %M the mark. */
static void
put_script(struct buf *to, const struct sudo *s, const char *script)
{
	for (; *script; script++) {
		if (script[0] == '%' && script[1] == 'P')
			buf_puts(to, s->prompt);
		else if (script[0] == '%' && script[1] == 'M')
			buf_puts(to, s->mark);
		else
			buf_putc(to, *script);
		script += script[0] == '%';
	}
}

struct row {
	const char *script;
	enum sudo_state state;
	int answers;
	const char *output;
};

/* The dialogue in one piece, in any two, and byte by byte. */
static void
expect_row(const struct row *row, size_t at, size_t step)
{
	struct dialogue d;
	struct buf b;

	begin(&d);
	buf_init(&b, 1 << 20);
	put_script(&b, &d.sudo, row->script);
	if (at > b.len)
		at = b.len;
	feed(&d, b.data, at);
	for (; at < b.len; at += step)
		feed(&d, b.data + at, b.len - at < step ? b.len - at : step);
	cr_expect_eq(d.sudo.state, row->state, "%s", row->script);
	/* a mark in the same piece comes before any answer */
	if (row->state != SUDO_STARTED || step == 1)
		cr_expect_eq(d.answers, row->answers, "%s", row->script);
	cr_expect_leq(d.answers, row->answers, "%s", row->script);
	cr_expect_str_eq(buf_str(&d.output), row->output);
	buf_release(&b);
	end(&d);
}

static const struct row rows[] = {
    {"", SUDO_WAITING, 0, ""},
    {"%M", SUDO_STARTED, 0, ""},
    {"%Mout", SUDO_STARTED, 0, "out"},
    {"%P", SUDO_WAITING, 1, ""},
    {"%P%Mout", SUDO_STARTED, 1, "out"},
    {"%P\n%Mout", SUDO_STARTED, 1, "out"},
    {"[sudo: %P] Password: \n%Mout", SUDO_STARTED, 1, "out"},
    {"We trust you have received the usual lecture\n\n%P%Mx", SUDO_STARTED, 1,
	"x"},
    {"%PSorry, try again.\n%P", SUDO_REFUSED, 1, ""},
    {"[sudo: %P] Password: \nsudo: Authentication failed, try again.\n"
     "[sudo: %P] Password: ",
	SUDO_REFUSED, 1, ""},
    {"%P%P", SUDO_REFUSED, 1, ""},
    {"%P%P%P", SUDO_REFUSED, 1, ""},
    {"%M%P", SUDO_STARTED, 0, "%P"},
    {"%M%M", SUDO_STARTED, 0, "%M"},
    {"[fab-0123456789abcdef0123456789abcdef]", SUDO_WAITING, 0, ""},
    {"{fab-0123456789abcdef0123456789abcdef}", SUDO_WAITING, 0, ""},
    {"[fab-", SUDO_WAITING, 0, ""},
    {"[[[fab-%P", SUDO_WAITING, 1, ""},
    {"{fab-{%Mx", SUDO_STARTED, 0, "x"},
    {"user: a is not in the sudoers file\n", SUDO_WAITING, 0, ""},
};

/* In outputs too the prompt and the mark are those of the dialogue. */
static struct row
with_numbers(const struct row *row, const struct sudo *s, struct buf *b)
{
	struct row r = *row;

	buf_clear(b);
	put_script(b, s, row->output);
	r.output = buf_str(b);
	return r;
}

static void
expect_rows(size_t step)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!strchr(rows[i].output, '%'))
			expect_row(&rows[i], 0, step);
	}
}

Test(ssh_sudo, a_dialogue_is_read_in_one_piece)
{
	expect_rows(100000);
}

Test(ssh_sudo, a_dialogue_is_read_byte_by_byte)
{
	expect_rows(1);
	expect_rows(2);
	expect_rows(7);
}

Test(ssh_sudo, a_dialogue_is_read_split_anywhere)
{
	size_t i, at;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (at = 0; at < 300 && !strchr(rows[i].output, '%'); at++)
			expect_row(&rows[i], at, 100000);
	}
}

Test(ssh_sudo, what_looks_like_a_prompt_behind_the_mark_is_output)
{
	size_t i, step;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (step = 1; step < 100 && strchr(rows[i].output, '%');
		     step++) {
			struct dialogue d;
			struct buf script, wanted;
			size_t at;

			begin(&d);
			buf_init(&script, 10000);
			buf_init(&wanted, 10000);
			put_script(&script, &d.sudo, rows[i].script);
			for (at = 0; at < script.len; at += step)
				feed(&d, script.data + at,
				    script.len - at < step ? script.len - at
							   : step);
			cr_expect_str_eq(buf_str(&d.output),
			    with_numbers(&rows[i], &d.sudo, &wanted).output);
			cr_expect_eq(d.answers, 0);
			buf_release(&script);
			buf_release(&wanted);
			end(&d);
		}
	}
}

/* Each dialogue draws its own; neither is part of the other. */
Test(ssh_sudo, numbers_are_never_used_twice)
{
	struct sudo a, b;

	sudo_init(&a, false);
	sudo_init(&b, false);
	cr_expect_str_neq(a.prompt, b.prompt);
	cr_expect_str_neq(a.mark, b.mark);
	cr_expect_null(strstr(a.mark, "["));
	a.prompt[strlen(a.prompt) - 1] = '\0';
	cr_expect_null(strstr(a.mark, a.prompt + 1), "numbers of their own");
	sudo_release(&a);
	sudo_release(&b);
}

/* The password must not go out because of what came before the question was
 * answered. */
Test(ssh_sudo, two_prompts_at_once_are_one_question_and_a_refusal)
{
	struct buf b;
	size_t at;

	buf_init(&b, 1000);
	for (at = 0; at < 100; at++) {
		struct sudo s;
		size_t rest;

		sudo_init(&s, false);
		buf_clear(&b);
		put_script(&b, &s, "%P%P");
		if (at > b.len)
			at = b.len;
		sudo_feed(&s, b.data, at, &rest);
		sudo_feed(&s, b.data + at, b.len - at, &rest);
		cr_expect_eq(s.state, SUDO_ASKING);
		sudo_answered(&s);
		cr_expect_eq(s.state, SUDO_REFUSED, "split at %zu", at);
		sudo_release(&s);
		if (at == b.len)
			break;
	}
	buf_release(&b);
}

Test(ssh_sudo, the_command_starts_even_where_it_was_asked_before)
{
	struct sudo s;
	struct buf b;
	size_t rest;

	buf_init(&b, 1000);
	sudo_init(&s, false);
	put_script(&b, &s, "%P%Mout");
	cr_expect_eq(sudo_feed(&s, b.data, b.len, &rest), SUDO_STARTED);
	cr_expect_eq(rest, 3);
	sudo_answered(&s);
	cr_expect_eq(s.state, SUDO_STARTED);
	buf_release(&b);
	sudo_release(&s);
}

/* Sizes around those of the buffer, with the prompt in any place. */
Test(ssh_sudo, any_amount_of_chatter_may_come_before)
{
	static char noise[200000];
	static const size_t sizes[] = {
	    1, 1000, 32767, 32768, 32769, 65535, 65536, 65537, 131072, 199999};
	static const size_t steps[] = {200000, 32768, 1000, 65536};
	size_t i, j, at;

	memset(noise, 'n', sizeof(noise));
	for (i = 0; i < 1000; i++)
		noise[i * 200] = '\n';
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		for (j = 0; j < sizeof(steps) / sizeof(*steps); j++) {
			struct dialogue d;
			struct buf b;

			begin(&d);
			buf_init(&b, 1 << 20);
			buf_append(&b, noise, sizes[i]);
			put_script(&b, &d.sudo, "%P");
			buf_append(&b, noise, sizes[i]);
			put_script(&b, &d.sudo, "%Mout");
			for (at = 0; at < b.len; at += steps[j])
				feed(&d, b.data + at,
				    b.len - at < steps[j] ? b.len - at
							  : steps[j]);
			cr_expect_eq(d.sudo.state, SUDO_STARTED);
			cr_expect_leq(d.answers, 1);
			cr_expect_str_eq(buf_str(&d.output), "out",
			    "%zu by %zu", sizes[i], steps[j]);
			buf_release(&b);
			end(&d);
		}
	}
}

Test(ssh_sudo, output_passes_whatever_its_size)
{
	static char large[300000];
	struct dialogue d;

	memset(large, 'x', sizeof(large));
	begin(&d);
	feed_text(&d, d.sudo.mark);
	feed(&d, large, sizeof(large));
	cr_expect_eq(d.output.len, sizeof(large));
	end(&d);
	begin(&d);
	memcpy(large, d.sudo.mark, strlen(d.sudo.mark));
	feed(&d, large, sizeof(large));
	cr_expect_eq(d.output.len, sizeof(large) - strlen(d.sudo.mark));
	end(&d);
}

/* "Sorry, user a is not allowed to execute '/bin/sh -c …' as root on h." */
Test(ssh_sudo, a_refusal_that_quotes_the_command_is_not_its_start)
{
	static const char *const words[] = {"id"};
	struct cmdline c = {.words = words, .n = 1};
	struct dialogue d;
	struct buf line;

	begin(&d);
	buf_init(&line, 65536);
	c.sudo = &d.sudo;
	c.directory = "/";
	cr_assert_eq(cmdline_build(&line, &c), 0);
	feed_text(&d, "Sorry, user a is not allowed to execute '");
	feed_text(&d, strstr(line.data, " -- ") + 4);
	feed_text(&d, "' as root on web1.\n");
	cr_expect_eq(d.sudo.state, SUDO_WAITING);
	buf_release(&line);
	end(&d);
}

static void
expect_words(const char *script, const char *wanted)
{
	struct dialogue d;
	struct buf b, words;

	begin(&d);
	buf_init(&b, 100000);
	buf_init(&words, 800);
	put_script(&b, &d.sudo, script);
	feed(&d, buf_str(&b), b.len);
	sudo_words(&d.sudo, &words);
	cr_expect_str_eq(buf_str(&words), wanted);
	buf_release(&b);
	buf_release(&words);
	end(&d);
}

Test(ssh_sudo, its_words_are_the_last_three_lines)
{
	expect_words("", "");
	expect_words("\n\n\r\n", "");
	expect_words("one", "one");
	expect_words("one\ntwo\r\n", "one; two");
	expect_words("one\ntwo\nthree\nfour\n", "two; three; four");
	expect_words(
	    "%PSorry, try again.\n%P\nsudo: no password was provided\n",
	    "Sorry, try again.; sudo: no password was provided");
	expect_words("%P", "");
	expect_words("%P%Pwrong\n", "wrong");
	expect_words("one\n\n\n\ntwo\n\n", "one; two");
	expect_words("one\n%P\n%P\n%P\n", "one");
	expect_words("one\n \r\n \n \n", "one");
	expect_words("[sudo: %P] Password: \nsudo: wrong\n", "sudo: wrong");
}

/* "not allowed to execute '…' as root", with all of our command in it. */
Test(ssh_sudo, of_long_words_both_ends_are_kept)
{
	static char large[5000];
	struct dialogue d;
	struct buf words;
	int i;

	memset(large, 'x', sizeof(large) - 1);
	begin(&d);
	buf_init(&words, 800);
	for (i = 0; i < 3; i++) {
		feed_text(&d, "first words ");
		feed_text(&d, large);
		feed_text(&d, " last words\n");
	}
	sudo_words(&d.sudo, &words);
	cr_expect_eq(strncmp(buf_str(&words), "first words x", 13), 0);
	cr_expect_not_null(strstr(buf_str(&words), "x ... x"));
	cr_expect_not_null(strstr(buf_str(&words), " last words; first w"));
	cr_expect_str_eq(buf_str(&words) + words.len - 11, " last words");
	buf_release(&words);
	end(&d);
}

/* What a sudo with requiretty says, in some of its languages. */
Test(ssh_sudo, one_that_wants_a_terminal_is_known_by_its_words)
{
	static const struct {
		const char *words;
		bool wants;
	} said[] = {{"sudo: sorry, you must have a tty to run sudo\n", true},
	    {"sudo: Entschuldigung, Sie brauchen ein TTY, um sudo zu starten\n",
		true},
	    {"sudo : d\xc3\xa9sol\xc3\xa9, vous devez avoir un terminal tty\n",
		true},
	    {"Sorry, user x may not run /bin/stty, /etc/securetty\n", false},
	    {"sudo: a password is required\n", false}, {"", false}};
	size_t i, rest;

	for (i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		struct sudo s;

		sudo_init(&s, false);
		sudo_feed(&s, said[i].words, strlen(said[i].words), &rest);
		cr_expect_eq(sudo_wants_terminal(&s), said[i].wants, "%s",
		    said[i].words);
		sudo_feed(&s, s.mark, strlen(s.mark), &rest);
		cr_expect_not(sudo_wants_terminal(&s), "it has started");
		sudo_release(&s);
	}
}

Test(ssh_sudo, a_refusal_of_our_shell_is_known_by_what_it_quotes)
{
	static const char words[] = "Sorry, user one is not allowed to execute "
				    "'/usr/bin/sh -c _c=$$; l=$PPID' as root";
	struct sudo s;
	size_t rest;

	sudo_init(&s, false);
	cr_expect_not(sudo_refused_shell(&s));
	sudo_feed(&s, words, strlen(words), &rest);
	cr_expect(sudo_refused_shell(&s));
	sudo_release(&s);
	sudo_init(&s, true);
	sudo_feed(&s, words, strlen(words), &rest);
	cr_expect_not(sudo_refused_shell(&s), "--direct has none");
	sudo_release(&s);
}
