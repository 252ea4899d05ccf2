#include <criterion/criterion.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fdio.h"
#include "fleet/options.h"

static const struct opt table[] = {
    OPTIONS_HOSTS,
    OPTIONS_COMMAND,
    OPTIONS_OUTPUT,
    OPTIONS_REPORT,
    {OPTION_SUDO_USER, 'u', NULL, "USER", ""},
    {OPTION_SUDO_GROUP, 'g', NULL, "GROUP", ""},
    {OPTION_SUDO_ASK, 'K', NULL, NULL, ""},
    {OPTION_SUDO_FILE, 0, "sudo-password-file", "FILE", ""},
    {0, 0, NULL, NULL, NULL},
};

enum { WORDS = 14 };

/* Parses words, which have to live as long as what is made of them. */
static int
parse(struct fleet_options *o, const char *const *words, struct fault *f)
{
	static char *argv[WORDS + 2];
	int i;

	argv[0] = (char *)"fab-run";
	for (i = 0; i < WORDS && words[i]; i++)
		argv[i + 1] = (char *)words[i];
	argv[i + 1] = NULL;
	fault_clear(f);
	return fleet_options_parse(o, table, argv, f);
}

Test(fleet_options, the_first_operand_is_the_hosts)
{
	static const char *const rows[][WORDS] = {{"web", "ls", "-l"},
	    {"--", "web", "ls", "-l"}, {"web", "--", "ls", "-l"},
	    {"--", "web", "--", "ls", "-l"}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fleet_options o;
		struct fault f;

		cr_assert_eq(parse(&o, rows[i], &f), 0, "%s", f.text);
		cr_expect_eq(host_list_count(o.hosts), 1);
		cr_expect(!o.several);
		cr_assert_eq(o.job.n, 2);
		cr_expect_str_eq(o.job.words[0], "ls");
		cr_expect_str_eq(o.job.words[1], "-l");
		cr_expect_eq(o.job.input, INPUT_ONE);
		cr_expect_eq(o.jobs, 64);
		fleet_options_release(&o);
	}
}

Test(fleet_options, with_hosts_as_options_all_operands_are_the_command)
{
	static const char *const rows[][WORDS] = {{"-H", "web", "ls", "-l"},
	    {"-Hweb", "--", "ls", "-l"}, {"-H", "web", "--", "--", "ls", "-l"},
	    {"-f", "/dev/null", "-H", "web", "ls", "-l"}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fleet_options o;
		struct fault f;

		cr_assert_eq(parse(&o, rows[i], &f), 0, "%s", f.text);
		cr_expect_eq(host_list_count(o.hosts), 1);
		cr_expect(o.several, "named in the plural");
		cr_assert_eq(o.job.n, 2);
		cr_expect_str_eq(o.job.words[0], "ls");
		cr_expect_eq(o.job.input, INPUT_NONE);
		fleet_options_release(&o);
	}
}

Test(fleet_options, how_hosts_are_named_makes_them_several)
{
	static const struct {
		const char *hosts;
		bool several;
	} rows[] = {{"web", false}, {"root@web:22", false}, {"[::1]", false},
	    {"web,db", true}, {"web[1]", true}, {"web[1-3]", true},
	    {"web,!db", true}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *words[WORDS] = {rows[i].hosts, "true"};
		struct fleet_options o;
		struct fault f;

		cr_assert_eq(parse(&o, words, &f), 0, "%s", f.text);
		cr_expect_eq(o.several, rows[i].several, "%s", rows[i].hosts);
		cr_expect_eq(o.job.several, rows[i].several);
		fleet_options_release(&o);
	}
}

Test(fleet_options, everything_is_taken_over)
{
	static const char *const words[WORDS] = {"-nqvvI", "-j0", "-Tp", "x"};
	static const char *const good[WORDS] = {"-nqvvKI", "-j", "0", "-T1.5",
	    "-C/tmp", "-eA=b=c", "--max-fail=3", "--prefix=never",
	    "--scope=direct", "-uroot", "-gadm", "-F", "cfg", "web"};
	struct fleet_options o;
	struct fault f;

	cr_expect_eq(parse(&o, words, &f), -1);
	fleet_options_release(&o);
	cr_expect_eq(parse(&o, good, &f), -1, "no command");
	cr_expect_str_eq(f.text, "no command given");
	cr_expect(o.no_input && o.quiet && o.broadcast && o.sudo_ask);
	cr_expect_eq(o.verbose, 2);
	cr_expect_eq(o.jobs, 0);
	cr_expect_eq(o.job.time_limit, 1500);
	cr_expect_str_eq(o.job.directory, "/tmp");
	cr_expect_str_eq(o.env.items[0], "A=b=c");
	cr_expect_eq(o.max_fail, 3);
	cr_expect_eq(o.output.prefix, PREFIX_NEVER);
	cr_expect_eq(o.job.way, REACH_DIRECT);
	cr_expect_str_eq(o.job.sudo_user, "root");
	cr_expect_str_eq(o.job.sudo_group, "adm");
	cr_expect_str_eq(o.config, "cfg");
	fleet_options_release(&o);
}

Test(fleet_options, options_of_ssh_become_its_lines)
{
	static const char *const words[WORDS] = {"-lroot", "-p", "2222", "-i",
	    "id", "-4", "-6", "-oUser=x", "web", "true"};
	static const char *const lines[] = {"User=root", "Port=2222",
	    "IdentityFile=\"id\"", "AddressFamily=inet", "AddressFamily=inet6",
	    "User=x"};
	struct fleet_options o;
	struct fault f;
	size_t i;

	cr_assert_eq(parse(&o, words, &f), 0, "%s", f.text);
	cr_assert_eq(o.ssh.count, 6);
	for (i = 0; i < 6; i++)
		cr_expect_str_eq(o.ssh.items[i], lines[i]);
	fleet_options_release(&o);
}

/* As ssh takes the path: nothing in it means anything. */
Test(fleet_options, an_identity_of_any_name_is_one_word)
{
	static const char *const names[] = {"id", "a b", "a\"b", "it's", "a\\b",
	    "\\", "#x", " x ", "a=b", "\\\"", "a\tb"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *words[WORDS] = {"-i", names[i], "web", "true"};
		struct fleet_options o;
		struct words got;
		struct fault f;

		cr_assert_eq(parse(&o, words, &f), 0, "%s", f.text);
		cr_assert_eq(
		    words_split(
			&got, o.ssh.items[0] + strlen("IdentityFile="), true),
		    0);
		cr_expect_eq(got.count, 1, "%s", names[i]);
		cr_expect_str_eq(got.items[0], names[i]);
		words_release(&got);
		fleet_options_release(&o);
	}
}

Test(fleet_options, input_goes_where_it_was_asked_to)
{
	static const struct {
		const char *words[WORDS];
		enum job_input input;
	} rows[] = {
	    {{"web", "cat"}, INPUT_ONE},
	    {{"-n", "web", "cat"}, INPUT_NONE},
	    {{"-I", "web", "cat"}, INPUT_ONE},
	    {{"a,b", "cat"}, INPUT_NONE},
	    {{"-I", "a,b", "cat"}, INPUT_EACH},
	    {{"--stdin", "a,b", "cat"}, INPUT_EACH},
	    {{"-nI", "a,b", "cat"}, INPUT_NONE},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fleet_options o;
		struct fault f;

		cr_assert_eq(parse(&o, rows[i].words, &f), 0);
		cr_expect_eq(o.job.input, rows[i].input, "row %zu", i);
		fleet_options_release(&o);
	}
}

Test(fleet_options, hosts_are_taken_away)
{
	static const char *const words[WORDS] = {
	    "-x", "web2", "-H", "web[1-3]", "-x", "root@web3", "true"};
	struct fleet_options o;
	struct fault f;

	cr_assert_eq(parse(&o, words, &f), 0, "%s", f.text);
	cr_expect_eq(host_list_count(o.hosts), 2);
	fleet_options_release(&o);
}

Test(fleet_options, a_script_needs_no_operands_and_takes_any)
{
	static const char *const none[WORDS] = {"-s", "f", "web"};
	static const char *const some[WORDS] = {"-s", "f", "web", "-x", "--"};
	struct fleet_options o;
	struct fault f;

	cr_expect_eq(parse(&o, none, &f), 0);
	cr_expect_eq(o.job.n, 0);
	fleet_options_release(&o);
	cr_assert_eq(parse(&o, some, &f), 0, "%s", f.text);
	cr_expect_eq(o.job.n, 2);
	cr_expect_str_eq(o.job.words[0], "-x");
	fleet_options_release(&o);
}

Test(fleet_options, help_and_version_need_nothing_else)
{
	static const char *const rows[][WORDS] = {
	    {"-h"}, {"--help"}, {"--version"}, {"-v", "--version", "web"}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fleet_options o;
		struct fault f;

		cr_expect_eq(parse(&o, rows[i], &f), 0);
		cr_expect(o.help || o.version);
		fleet_options_release(&o);
	}
}

Test(fleet_options, wrong_usage_is_told)
{
	static const struct {
		const char *words[WORDS];
		const char *text; /* a part of the message */
	} rows[] = {
	    {{NULL}, "no hosts given"},
	    {{"--"}, "no hosts given"},
	    {{"-v"}, "no hosts given"},
	    {{"-x", "web"}, "no hosts given"},
	    {{"web"}, "no command given"},
	    {{"web", "--"}, "no command given"},
	    {{"-H", "web"}, "no command given"},
	    {{"web", "-l"}, "the command begins with -l"},
	    {{"web", "--", "ls", "-l"}, NULL},
	    {{"-H", "web", "--", "-l"}, "the command begins with -l"},
	    {{"-H", "web", "-x", "web", "ls"}, "no hosts are left"},
	    {{"-H", "web[1", "ls"}, ""},
	    {{"web[1", "ls"}, ""},
	    {{"", "ls"}, ""},
	    {{"-H", "", "ls"}, ""},
	    {{"-x", "a[", "web", "ls"}, ""},
	    {{"-f", "/nonexistent/file", "ls"}, "/nonexistent/file"},
	    {{"-f", "/dev/null", "ls"}, "no hosts"},
	    {{"-j", "x", "web", "ls"}, "-j x: a number wanted"},
	    {{"-j", "-1", "web", "ls"}, "-j -1"},
	    {{"-j", "", "web", "ls"}, "-j"},
	    {{"-j", "65537", "web", "ls"}, "-j 65537"},
	    {{"-j65536", "web", "ls"}, NULL},
	    {{"--max-fail=x", "web", "ls"}, "--max-fail x"},
	    {{"--max-fail", "web"}, "--max-fail web"},
	    {{"-p", "0", "web", "ls"}, "a port from 1 to 65535 wanted"},
	    {{"-p", "65536", "web", "ls"}, "a port from 1 to 65535 wanted"},
	    {{"-p", "22 ", "web", "ls"}, "a port from 1 to 65535 wanted"},
	    {{"-p65535", "web", "ls"}, NULL},
	    {{"-T", "0", "web", "ls"}, "a number of seconds wanted"},
	    {{"-T", "-1", "web", "ls"}, "a number of seconds wanted"},
	    {{"-T", "1m", "web", "ls"}, "a number of seconds wanted"},
	    {{"-T0.001", "web", "ls"}, NULL},
	    {{"-e", "A", "web", "ls"}, "NAME=VALUE wanted"},
	    {{"-e", "=b", "web", "ls"}, "NAME=VALUE wanted"},
	    {{"-e", "1A=b", "web", "ls"}, "NAME=VALUE wanted"},
	    {{"-e", "A B=c", "web", "ls"}, "NAME=VALUE wanted"},
	    {{"-e", "A-B=c", "web", "ls"}, "NAME=VALUE wanted"},
	    {{"-e", "", "web", "ls"}, "NAME=VALUE wanted"},
	    {{"-e_A1=", "web", "ls"}, NULL},
	    {{"-C", "", "web", "ls"}, "a directory wanted"},
	    {{"-s", "", "web"}, "a file wanted"},
	    {{"-u", "", "web", "ls"}, "a user wanted"},
	    {{"-g", "", "web", "ls"}, "a group wanted"},
	    {{"-l", "", "web", "ls"}, "a user wanted"},
	    {{"-i", "", "web", "ls"}, "a file wanted"},
	    {{"--prefix=x", "web", "ls"}, "auto, always or never wanted"},
	    {{"--prefix=", "web", "ls"}, "auto, always or never wanted"},
	    {{"--prefix=always", "web", "ls"}, NULL},
	    {{"--scope=x", "web", "ls"}, "forward, direct or off wanted"},
	    {{"--scope=off", "web", "ls"}, NULL},
	    {{"-Z", "web", "ls"}, "unknown option -Z"},
	    {{"--nothing", "web", "ls"}, "unknown option --nothing"},
	    {{"--help=x"}, "takes no argument"},
	    {{"-H"}, "option -H needs an argument (HOSTS)"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fleet_options o;
		struct fault f;
		int ret = parse(&o, rows[i].words, &f);

		cr_expect_eq(
		    ret, rows[i].text ? -1 : 0, "row %zu: %s", i, f.text);
		if (rows[i].text) {
			cr_expect(
			    f.class == FAULT_USAGE || f.class == FAULT_SYSTEM,
			    "row %zu", i);
			cr_expect_not_null(strstr(f.text, rows[i].text),
			    "row %zu: %s", i, f.text);
			cr_expect_neq(f.text[0], '\0');
		}
		fleet_options_release(&o);
	}
}
