#include <criterion/criterion.h>
#include <string.h>

#include "base/mem.h"
#include "ssh/copy_glob.h"
#include "ssh/copy_hash.h"
#include "ssh/copy_name.h"
#include "ssh/copy_text.h"

static void
expect_text(char *got, const char *wanted)
{
	cr_expect_str_eq(got, wanted);
	mem_free(got);
}

Test(ssh_copy_name, paths_are_joined_with_one_slash)
{
	expect_text(copy_join("/srv", "a"), "/srv/a");
	expect_text(copy_join("/srv/", "a"), "/srv/a");
	expect_text(copy_join("/", "a"), "/a");
	expect_text(copy_join("", "a"), "a");
	expect_text(copy_join("/srv", ""), "/srv");
}

Test(ssh_copy_name, a_source_has_its_last_component_as_its_name)
{
	expect_text(copy_own_name("/srv/site"), "site");
	expect_text(copy_own_name("site/"), "site");
	expect_text(copy_own_name("site"), "site");
	expect_text(copy_own_name("site/."), "");
	expect_text(copy_own_name(".."), "");
	expect_text(copy_own_name("/"), "");
	expect_text(copy_own_name("..a"), "..a");
	expect_text(copy_parent("/srv/site"), "/srv/");
	expect_text(copy_parent("/site"), "/");
	expect_text(copy_parent("site"), "");
	expect_text(copy_parent("a/b/"), "a/");
}

Test(ssh_copy_name, a_tilde_is_where_the_server_starts)
{
	cr_expect_str_eq(copy_home("~/x"), "x");
	cr_expect_str_eq(copy_home("~"), ".");
	cr_expect_str_eq(copy_home("~/"), ".");
	cr_expect_str_eq(copy_home("~x/y"), "~x/y");
	cr_expect_str_eq(copy_home("/~/x"), "/~/x");
}

Test(ssh_copy_name, a_temporary_name_tells_what_it_is_of)
{
	struct copy_run run, read;
	char text[COPY_TEMP_LEN + 1];
	uint32_t number;
	uint64_t state;

	copy_run_init(&run);
	copy_temp_name(text, "big.iso", 0x123456789abcdef0, &run);
	cr_expect_eq(strlen(text), COPY_TEMP_LEN);
	cr_assert(copy_temp_parse(text, strlen(text), &number, &state, &read));
	cr_expect_eq(number, copy_name_number("big.iso", 7));
	cr_expect_eq(state, 0x123456789abcdef0);
	cr_expect_str_eq(read.text, run.text);
	cr_expect_not(
	    copy_temp_parse(text, strlen(text) - 1, &number, &state, &read));
	text[6] = 'x';
	cr_expect_not(
	    copy_temp_parse(text, strlen(text), &number, &state, &read));
	cr_expect_not(copy_temp_parse(".fab-", 5, &number, &state, &read));
}

Test(ssh_copy_name, the_state_of_a_source_is_size_time_and_beginning)
{
	uint64_t a = copy_state(10, 20, 30, "beginning", 9);

	cr_expect_neq(a, 0);
	cr_expect_eq(a, copy_state(10, 20, 30, "beginning", 9));
	cr_expect_neq(a, copy_state(11, 20, 30, "beginning", 9));
	cr_expect_neq(a, copy_state(10, 21, 30, "beginning", 9));
	cr_expect_neq(a, copy_state(10, 20, 31, "beginning", 9));
	cr_expect_neq(a, copy_state(10, 20, 30, "beginninG", 9));
}

Test(ssh_copy_glob, patterns_are_a_shell_s)
{
	static const struct {
		const char *pattern, *name;
		bool matches;
	} rows[] = {
	    {"*.log", "a.log", true},
	    {"*.log", ".log", false},
	    {".*", ".log", true},
	    {"?", "a", true},
	    {"?", ".", false},
	    {"[ab]c", "bc", true},
	    {"[!ab]c", "bc", false},
	    {"\\*", "*", true},
	    {"\\*", "a", false},
	    {"a b*", "a b c", true},
	    {"*", "bad\377", true},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(copy_glob_matches(rows[i].pattern, rows[i].name,
				 strlen(rows[i].name)),
		    rows[i].matches, "%s %s", rows[i].pattern, rows[i].name);
	cr_expect(copy_glob_is_pattern("a*", 2));
	cr_expect_not(copy_glob_is_pattern("a*", 1));
	cr_expect_not(copy_glob_is_pattern("a\\*", 3));
	expect_text(copy_glob_plain("a\\*b\\\\", 6), "a*b\\");
}

Test(ssh_copy_hash, lines_of_sha256sum_are_read)
{
#define DIGEST                                                                 \
	"000102030405060708090a0b0c0d0e0f"                                     \
	"101112131415161718191a1b1c1d1e1f"
	uint8_t value[DIGEST_LEN];
	const char *line = DIGEST "  a b";

	expect_text(copy_hash_line(line, strlen(line), value), "a b");
	cr_expect_eq(value[0], 0);
	cr_expect_eq(value[31], 0x1f);
	line = DIGEST " *a";
	expect_text(copy_hash_line(line, strlen(line), value), "a");
	line = "\\" DIGEST "  a\\nb\\\\c";
	expect_text(copy_hash_line(line, strlen(line), value), "a\nb\\c");
	line = DIGEST "  a\\nb";
	expect_text(copy_hash_line(line, strlen(line), value), "a\\nb");
	line = DIGEST "  ";
	cr_expect_null(copy_hash_line(line, strlen(line), value));
	line = DIGEST "x a";
	cr_expect_null(copy_hash_line(line, strlen(line), value));
	line = "x" DIGEST "  a";
	cr_expect_null(copy_hash_line(line, strlen(line), value));
	cr_expect_null(copy_hash_line("", 0, value));
}

static void
expect_amount(uint64_t bytes, const char *wanted)
{
	struct buf text;

	buf_init(&text, 100);
	copy_amount(&text, bytes);
	cr_expect_str_eq(buf_str(&text), wanted);
	buf_release(&text);
}

Test(ssh_copy_text, amounts_are_short)
{
	expect_amount(0, "0 bytes");
	expect_amount(999, "999 bytes");
	expect_amount(1000, "1.0 KB");
	expect_amount(1999, "1.9 KB");
	expect_amount(640000, "640 KB");
	expect_amount(1540000000, "1.5 GB");
	expect_amount(UINT64_MAX, "18446744 TB");
}

Test(ssh_copy_text, a_full_or_closed_file_system_is_a_reason)
{
	struct sftp_space s = {.unit = 4096, .blocks = 1000, .available = 1000};

	cr_expect_null(copy_space_reason(&s));
	s.available = 0;
	cr_expect_not_null(strstr(copy_space_reason(&s), "no space"));
	s.available = 1000;
	s.files = 10;
	cr_expect_not_null(strstr(copy_space_reason(&s), "more files"));
	s.files_available = 1;
	cr_expect_null(copy_space_reason(&s));
	s.read_only = true;
	cr_expect_not_null(strstr(copy_space_reason(&s), "read-only"));
}
