#include <criterion/criterion.h>
#include <string.h>

#include "cli/opts.h"

static const struct opt table[] = {
    {1, 'a', "all", NULL, "takes all"},
    {2, 'f', "file", "FILE", "reads FILE"},
    {3, 'q', NULL, NULL, "a letter alone"},
    {4, 0, "long-only", "N", "a name alone"},
    {5, 0, "flag", NULL, "a name without argument"},
    {6, 'n', NULL, "N", "a letter with argument"},
    {0, 0, NULL, NULL, NULL},
};

enum { WORDS = 10 };

/* What a command line is read as: "1 2=x | operand operand", or the fault. */
static void
read_line(const char *const *words, struct buf *to)
{
	char *argv[WORDS + 2] = {(char *)"prog"};
	struct fault f = {0};
	const char *value;
	struct opts o;
	int id, i;

	for (i = 0; i < WORDS && words[i]; i++)
		argv[i + 1] = (char *)words[i];
	opts_init(&o, table, argv);
	while ((id = opts_next(&o, &value, &f)) > 0)
		buf_printf(
		    to, "%d%s%s ", id, value ? "=" : "", value ? value : "");
	if (id < 0) {
		cr_expect_eq(f.class, FAULT_USAGE);
		buf_printf(to, "! %s", f.text);
		return;
	}
	buf_puts(to, "|");
	for (; argv[o.next]; o.next++)
		buf_printf(to, " %s", argv[o.next]);
}

struct row {
	const char *words[WORDS];
	const char *wanted;
};

static void
expect_rows(const struct row *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct buf b;

		buf_init(&b, 10000);
		read_line(rows[i].words, &b);
		cr_expect_str_eq(buf_str(&b), rows[i].wanted);
		buf_release(&b);
	}
}

Test(cli_opts, letters_stand_alone_or_together)
{
	static const struct row rows[] = {
	    {{"-a", "-q"}, "1 3 |"},
	    {{"-aq"}, "1 3 |"},
	    {{"-aqffile", "x"}, "1 3 2=file | x"},
	    {{"-aqf", "file", "x"}, "1 3 2=file | x"},
	    {{"-f=x"}, "2==x |"},
	    {{"-f-a"}, "2=-a |"},
	    {{"-fa"}, "2=a |"},
	    {{"-n", "-1"}, "6=-1 |"},
	};

	expect_rows(rows, sizeof(rows) / sizeof(*rows));
}

Test(cli_opts, names_take_their_argument_behind_an_equals_or_next)
{
	static const struct row rows[] = {
	    {{"--all", "--file=x", "--file", "y"}, "1 2=x 2=y |"},
	    {{"--file=", "--long-only=a=b"}, "2= 4=a=b |"},
	    {{"--file", "--all"}, "2=--all |"},
	    {{"--flag", "--", "x"}, "5 | x"},
	};

	expect_rows(rows, sizeof(rows) / sizeof(*rows));
}

Test(cli_opts, end_at_the_first_operand)
{
	static const struct row rows[] = {
	    {{NULL}, "|"},
	    {{"x", "-a"}, "| x -a"},
	    {{"-a", "x", "--", "-a"}, "1 | x -- -a"},
	    {{"--", "-a"}, "| -a"},
	    {{"--", "--", "-a"}, "| -- -a"},
	    {{"-", "-a"}, "| - -a"},
	    {{"", "-a"}, "|  -a"},
	    {{"-f", "--", "x"}, "2=-- | x"},
	};

	expect_rows(rows, sizeof(rows) / sizeof(*rows));
}

Test(cli_opts, what_is_wrong_is_told)
{
	static const struct row rows[] = {
	    {{"-x"}, "! unknown option -x"},
	    {{"-ax"}, "1 ! unknown option -x"},
	    {{"-a-"}, "1 ! unknown option --"},
	    {{"--al"}, "! unknown option --al"},
	    {{"--allx"}, "! unknown option --allx"},
	    {{"--=x"}, "! unknown option --"},
	    {{"---"}, "! unknown option ---"},
	    {{"--nothing=x"}, "! unknown option --nothing"},
	    {{"--all=x"}, "! option --all takes no argument"},
	    {{"--all="}, "! option --all takes no argument"},
	    {{"-f"}, "! option -f needs an argument (FILE)"},
	    {{"-af"}, "1 ! option -f needs an argument (FILE)"},
	    {{"--file"}, "! option --file needs an argument (FILE)"},
	    {{"-\033"}, "! unknown option -\\x1b"},
	    {{"--q"}, "! unknown option --q"},
	};

	expect_rows(rows, sizeof(rows) / sizeof(*rows));
}

Test(cli_opts, a_program_without_a_name_has_no_options)
{
	char *argv[] = {NULL};
	struct fault f = {0};
	const char *value;
	struct opts o;

	opts_init(&o, table, argv);
	cr_expect_eq(opts_next(&o, &value, &f), 0);
	cr_expect_null(argv[o.next]);
}

Test(cli_opts, help_names_every_option)
{
	struct buf b;

	buf_init(&b, 10000);
	opts_help(&b, "prog [options]", table);
	cr_expect_str_eq(buf_str(&b),
	    "usage: prog [options]\n"
	    "  -a, --all                 takes all\n"
	    "  -f, --file=FILE           reads FILE\n"
	    "  -q                        a letter alone\n"
	    "  --long-only=N             a name alone\n"
	    "  --flag                    a name without argument\n"
	    "  -n N                      a letter with argument\n");
	buf_release(&b);
}
