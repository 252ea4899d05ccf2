#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "ssh/cmdline.h"

/* Login shells that a host may have; those that are not here are skipped. */
static const struct shell {
	const char *name;
	const char *argv[3]; /* in front of -c */
	bool csh; /* no newline within quotes */
} shells[] = {
    {"sh", {"sh"}, false},
    {"dash", {"dash"}, false},
    {"bash", {"bash"}, false},
    {"busybox", {"busybox", "sh"}, false},
    {"ksh", {"ksh"}, false},
    {"mksh", {"mksh"}, false},
    {"zsh", {"zsh"}, false},
    {"fish", {"fish"}, false},
    {"tcsh", {"tcsh"}, true},
};

enum { SHELLS = sizeof(shells) / sizeof(*shells), OUT_MAX = 1 << 20 };

static const char *const nasty[] = {"", " ", "a b", "  a  b  ", "$HOME",
    "${HOME}", "$(id)", "`id`", "*", "?", "[a-z]", "~", "~root", "!", "!!",
    "!x", "it's", "'", "''", "'''", "\"", "a\"b", "\\", "\\\\", "a\\", "\\n",
    "\\'", "'\\", "\\!", "!\\'", "a;b", "a&b|c>d<e", "&&", "||", ">", "<", ";",
    "#", "a#b", "# x", "-n", "--", "-", "=", "=ls", "a=b", "{a,b}", "{", "}",
    "%", "%self", "%1", "^", "^a^b", "^^", "@", "+", ",", ".", ":", "/", "(",
    ")", "()", "[", "]", "\t", "\ta\t", "\r", "\1\2\3", "\x7f", "\033[2J",
    "\xc3\xa4\xe2\x82\xac", "\xff\xfe", "\x80", "\xc3", "$'a'", "$\"a\"", "$$",
    "$?", "$!", "$", "a$", "$1", "!$", "if", "then", "end", "time"};
static const char *const lines[] = {"two\nlines", "\n", "\n\n", "a\n", "'\n'"};

enum {
	NASTY = sizeof(nasty) / sizeof(*nasty),
	LINES = sizeof(lines) / sizeof(*lines)
};

/* Runs argv; its standard output goes to out.  Its status as of wait(2), or
 * -1 where there is no such program. */
static int
run(const char *const *argv, struct buf *out)
{
	int fds[2], status;
	pid_t pid;

	cr_assert_eq(pipe(fds), 0);
	pid = fork();
	cr_assert_geq(pid, 0);
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		/* they say what they lack, and why they failed */
		dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		close(fds[0]);
		close(fds[1]);
		/* also where we were started with nohup(1) */
		signal(SIGHUP, SIG_DFL);
		execvp(argv[0], (char *const *)argv);
		_exit(119);
	}
	close(fds[1]);
	cr_expect_eq(fdio_read_all(fds[0], out), 0);
	close(fds[0]);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 119 ? -1 : status;
}

/* Has the shell run the line.  -1 where there is no such shell. */
static int
run_line(const struct shell *shell, const char *line, struct buf *out)
{
	const char *argv[6] = {0};
	int n = 0;

	for (; n < 2 && shell->argv[n]; n++)
		argv[n] = shell->argv[n];
	argv[n++] = "-c";
	argv[n] = line;
	setenv("SHELL", shell->csh ? "/bin/tcsh" : "/bin/sh", 1);
	setenv("HOME", "/dev/null", 1); /* fish would fill it */
	buf_clear(out);
	return run(argv, out);
}

/* As run_line, of sh, where the server has not said which the user's shell is.
 */
static int
run_line_no_shell(const char *line, struct buf *out)
{
	const char *argv[] = {"env", "-u", "SHELL", "sh", "-c", line, NULL};

	buf_clear(out);
	return run(argv, out);
}

/* The words behind a program that prints them, each with a NUL. */
static size_t
print_words(const char **words, bool newlines)
{
	size_t n = 0, i;

	words[n++] = "printf";
	words[n++] = "%s\\0";
	for (i = 0; i < NASTY; i++)
		words[n++] = nasty[i];
	for (i = 0; newlines && i < LINES; i++)
		words[n++] = lines[i];
	return n;
}

static void
expect_words(const struct shell *shell, struct cmdline *c)
{
	const char *words[NASTY + LINES + 2];
	struct buf line, out, wanted;
	size_t i;
	int status;

	buf_init(&line, 65536);
	buf_init(&out, OUT_MAX);
	buf_init(&wanted, OUT_MAX);
	c->words = words;
	c->n = print_words(words, !shell->csh);
	for (i = 2; i < c->n; i++)
		buf_append(&wanted, words[i], strlen(words[i]) + 1);
	cr_assert_eq(cmdline_build(&line, c), 0);
	status = run_line(shell, buf_str(&line), &out);
	if (status != -1) {
		cr_expect_eq(status, 0, "%s", shell->name);
		cr_expect_eq(out.len, wanted.len, "%s", shell->name);
		cr_expect(out.len == wanted.len &&
			!memcmp(out.data, wanted.data, out.len),
		    "%s", shell->name);
	}
	buf_release(&line);
	buf_release(&out);
	buf_release(&wanted);
}

Test(ssh_cmdline, exactly_the_words_arrive_in_every_shell)
{
	size_t i;

	for (i = 0; i < SHELLS; i++) {
		struct cmdline c = {0};

		expect_words(&shells[i], &c);
	}
}

Test(ssh_cmdline, exactly_the_words_arrive_behind_a_directory)
{
	size_t i;

	for (i = 0; i < SHELLS; i++) {
		struct cmdline c = {.directory = "/"};

		expect_words(&shells[i], &c);
	}
}

Test(ssh_cmdline, exactly_the_words_arrive_behind_variables)
{
	static const char *const env[] = {"A=b", "B=a b'c!\\"};
	size_t i;

	for (i = 0; i < SHELLS; i++) {
		struct cmdline c = {.env = env, .n_env = 2};

		expect_words(&shells[i], &c);
	}
}

Test(ssh_cmdline, exactly_the_words_arrive_from_a_shell_that_stays)
{
	size_t i;

	for (i = 0; i < SHELLS; i++) {
		char scratch[] = "/tmp/cmdline test'XXXXXX";
		struct cmdline c = {.scratch = scratch, .directory = "/tmp"};

		cr_assert_not_null(mkdtemp(scratch));
		expect_words(&shells[i], &c);
		if (rmdir(scratch) == 0)
			cr_expect_neq(i, 0, "sh removes it");
	}
}

/* Each alone: a word may change what the one behind it means. */
Test(ssh_cmdline, every_word_arrives_alone)
{
	struct buf line, out;
	size_t i;

	buf_init(&line, 65536);
	buf_init(&out, OUT_MAX);
	for (i = 0; i < NASTY + LINES; i++) {
		const char *word = i < NASTY ? nasty[i] : lines[i - NASTY];
		const char *words[] = {"printf", "<%s>", word};
		struct cmdline c = {.words = words, .n = 3};
		char *wanted = mem_printf("<%s>", word);

		buf_clear(&line);
		cr_assert_eq(cmdline_build(&line, &c), 0);
		cr_expect_eq(run_line(&shells[0], buf_str(&line), &out), 0);
		cr_expect_str_eq(buf_str(&out), wanted);
		mem_free(wanted);
	}
	buf_release(&line);
	buf_release(&out);
}

/* The output of a line in each shell. */
static void
expect_output(const struct cmdline *c, const char *wanted, int status)
{
	struct buf line, out;
	size_t i;
	int got;

	buf_init(&line, 65536);
	buf_init(&out, OUT_MAX);
	cr_assert_eq(cmdline_build(&line, c), 0);
	for (i = 0; i < SHELLS; i++) {
		got = run_line(&shells[i], buf_str(&line), &out);
		if (got == -1)
			continue;
		cr_expect(WIFEXITED(got), "%s", shells[i].name);
		cr_expect_eq(WEXITSTATUS(got), status, "%s: %d", shells[i].name,
		    WEXITSTATUS(got));
		cr_expect_str_eq(buf_str(&out), wanted);
	}
	buf_release(&line);
	buf_release(&out);
}

Test(ssh_cmdline, a_plain_line_is_sent_as_it_is)
{
	static const char *const words[] = {"echo a  b; exit 3"};
	struct cmdline c = {.words = words, .n = 1, .line = true};
	struct buf line;

	buf_init(&line, 100);
	cr_expect_eq(cmdline_build(&line, &c), 0);
	cr_expect_str_eq(buf_str(&line), words[0]);
	buf_release(&line);
	expect_output(&c, "a b\n", 3);
}

Test(ssh_cmdline, a_line_runs_in_its_directory_with_its_variables)
{
	static const char *const words[] = {"pwd; printenv FAB_A; exit 7"};
	static const char *const env[] = {"FAB_A=a 'b' \"c\" $d !e \\f"};
	struct cmdline c = {.words = words,
	    .n = 1,
	    .line = true,
	    .env = env,
	    .n_env = 1,
	    .directory = "/usr/bin"};

	expect_output(&c, "/usr/bin\na 'b' \"c\" $d !e \\f\n", 7);
}

Test(ssh_cmdline, a_line_needs_no_SHELL)
{
	static const char *const words[] = {"printenv FAB_A; exit 7"};
	static const char *const env[] = {"FAB_A=b"};
	struct cmdline c = {
	    .words = words, .n = 1, .line = true, .env = env, .n_env = 1};
	struct buf line, out;
	int status;

	buf_init(&line, 65536);
	buf_init(&out, OUT_MAX);
	cr_assert_eq(cmdline_build(&line, &c), 0);
	status = run_line_no_shell(buf_str(&line), &out);
	cr_expect_eq(WEXITSTATUS(status), 7);
	cr_expect_str_eq(buf_str(&out), "b\n");
	buf_clear(&line);
	cr_assert_eq(cmdline_wrap(&line, "echo wrapped"), 0);
	cr_expect_eq(run_line_no_shell(buf_str(&line), &out), 0);
	cr_expect_str_eq(buf_str(&out), "wrapped\n");
	buf_release(&line);
	buf_release(&out);
}

Test(ssh_cmdline, variables_do_not_choose_the_shell_of_a_line)
{
	static const char *const words[] = {"echo $SHELL $PATH; exit 7"};
	static const char *const env[] = {"SHELL=/bin/false", "PATH=/none"};
	struct cmdline c = {
	    .words = words, .n = 1, .line = true, .env = env, .n_env = 2};

	expect_output(&c, "/bin/false /none\n", 7);
}

Test(ssh_cmdline, what_a_login_exports_stays_as_it_is)
{
	static const char *const names[] = {
	    "c", "d", "g", "l", "m", "p", "r", "s", "u"};
	static const char *const words[] = {"echo $c$d$g$l$m$p$r$s$u"};
	char scratch[] = "/tmp/cmdline-test-XXXXXX";
	struct cmdline c = {.words = words,
	    .n = 1,
	    .line = true,
	    .tether = true,
	    .scratch = scratch,
	    .directory = "/"};
	struct buf line, out;
	size_t i;

	cr_assert_not_null(mkdtemp(scratch));
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		setenv(names[i], names[i], 1);
	buf_init(&line, 65536);
	buf_init(&out, OUT_MAX);
	cr_assert_eq(cmdline_build(&line, &c), 0);
	cr_expect_eq(run_line(&shells[0], buf_str(&line), &out), 0);
	cr_expect_str_eq(buf_str(&out), "cdglmprsu\n");
	buf_release(&line);
	buf_release(&out);
}

Test(ssh_cmdline, without_its_directory_nothing_runs)
{
	static const char *const words[] = {"echo", "ran"};
	static const char *const missing[] = {
	    "/nonexistent", "-", "--", "-P", "$HOME", "~"};
	struct cmdline c = {.words = words, .n = 2};
	size_t i;

	for (i = 0; i < sizeof(missing) / sizeof(*missing); i++) {
		c.directory = missing[i];
		expect_output(&c, "", 125);
	}
}

Test(ssh_cmdline, a_directory_of_any_name_is_found)
{
	static const char *const words[] = {"cat", "here"};
	char top[] = "/tmp/cmdline-test-XXXXXX";
	size_t i;

	cr_assert_not_null(mkdtemp(top));
	cr_assert_eq(chdir(top), 0);
	for (i = 1; i < NASTY; i++) {
		struct cmdline c = {
		    .words = words, .n = 2, .directory = nasty[i]};
		const char *const mkdir[] = {
		    "mkdir", "-p", "--", nasty[i], NULL};
		const char *const rm[] = {"rm", "-r", "--", nasty[i], NULL};
		struct buf line, out;
		char *path;
		FILE *file;

		if (strchr(nasty[i], '/') || !strcmp(nasty[i], "."))
			continue;
		buf_init(&line, 65536);
		buf_init(&out, OUT_MAX);
		cr_assert_eq(run(mkdir, &out), 0);
		path = mem_printf("%s/here", nasty[i]);
		file = fopen(path, "w");
		cr_assert_not_null(file);
		fputs("ok", file);
		fclose(file);
		cr_assert_eq(cmdline_build(&line, &c), 0);
		cr_expect_eq(run_line(&shells[0], buf_str(&line), &out), 0,
		    "%s", nasty[i]);
		cr_expect_str_eq(buf_str(&out), "ok");
		run(rm, &out);
		mem_free(path);
		buf_release(&line);
		buf_release(&out);
	}
	cr_expect_eq(chdir("/"), 0);
	rmdir(top);
}

Test(ssh_cmdline, the_scratch_directory_goes_and_the_status_stays)
{
	static const char *const words[] = {"exit 9"};
	size_t i;

	for (i = 0; i < SHELLS; i++) {
		char scratch[] = "/tmp/cmdline-test-XXXXXX";
		struct cmdline c = {
		    .words = words, .n = 1, .line = true, .scratch = scratch};
		struct buf line, out;
		int status;

		buf_init(&line, 65536);
		buf_init(&out, OUT_MAX);
		cr_assert_not_null(mkdtemp(scratch));
		cr_assert_eq(cmdline_build(&line, &c), 0);
		status = run_line(&shells[i], buf_str(&line), &out);
		cr_expect(status == -1 || WEXITSTATUS(status) == 9, "%s",
		    shells[i].name);
		cr_expect_eq(
		    rmdir(scratch) == 0, status == -1, "%s", shells[i].name);
		buf_release(&line);
		buf_release(&out);
	}
}

Test(ssh_cmdline, how_a_command_was_killed_is_passed_on)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGKILL};
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		char scratch[] = "/tmp/cmdline-test-XXXXXX";
		char *kill = mem_printf("kill -%d $$", numbers[i]);
		const char *words[] = {kill};
		struct cmdline c = {
		    .words = words, .n = 1, .line = true, .scratch = scratch};
		struct buf line, out;
		int status;

		buf_init(&line, 65536);
		buf_init(&out, OUT_MAX);
		cr_assert_not_null(mkdtemp(scratch));
		cr_assert_eq(cmdline_build(&line, &c), 0);
		status = run_line(&shells[0], buf_str(&line), &out);
		cr_expect(WIFSIGNALED(status), "%d", numbers[i]);
		cr_expect_eq(WTERMSIG(status), numbers[i]);
		cr_expect_eq(rmdir(scratch), -1);
		buf_release(&line);
		buf_release(&out);
		mem_free(kill);
	}
}

Test(ssh_cmdline, a_full_buffer_is_an_error)
{
	static const char *const words[] = {"echo", "it's"};
	struct sudo sudo;
	struct cmdline c = {.words = words,
	    .n = 2,
	    .directory = "/x y",
	    .sudo = &sudo,
	    .sudo_user = "u",
	    .sudo_group = "g",
	    .scratch = "/s"};
	struct buf whole, line;
	size_t max;

	sudo_init(&sudo, false);
	buf_init(&whole, 65536);
	cr_assert_eq(cmdline_build(&whole, &c), 0);
	for (max = 0; max < whole.len; max++) {
		buf_init(&line, max);
		cr_expect_eq(cmdline_build(&line, &c), -1);
		buf_release(&line);
	}
	buf_init(&line, whole.len);
	cr_expect_eq(cmdline_build(&line, &c), 0);
	buf_release(&line);
	buf_release(&whole);
	sudo_release(&sudo);
}

Test(ssh_cmdline, a_program_may_be_named_like_a_shell_s_grammar)
{
	static const char *const words[] = {"time", "while"};
	struct cmdline c = {.words = words, .n = 2};
	struct buf line;

	buf_init(&line, 100);
	cr_assert_eq(cmdline_build(&line, &c), 0);
	cr_expect_str_eq(buf_str(&line), "'time' while");
	buf_release(&line);
}
