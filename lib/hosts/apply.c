/*
 * How the words of each kind of keyword become a setting.
 */
#include "hosts/keyword.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/num.h"
#include "hosts/jump.h"

static void *
field(struct settings *s, const struct keyword_line *line)
{
	return (char *)s + line->keyword->offset;
}

static void
set_number(struct settings *s, const struct keyword_line *line, int value)
{
	int *to = field(s, line);

	if (*to == SETTINGS_UNSET)
		*to = value;
}

static void
set_text(struct settings *s, const struct keyword_line *line, const char *text)
{
	char **to = field(s, line);

	if (!*to)
		*to = mem_strdup(text);
}

static int
find_choice(const struct keyword_choice *choices, const char *word, int *value)
{
	for (; choices->word; choices++) {
		if (!strcasecmp(choices->word, word)) {
			*value = choices->value;
			return 0;
		}
	}
	return -1;
}

static int
apply_choice(
    struct settings *s, const struct keyword_line *line, struct fault *f)
{
	const char *word = line->args.items[0];
	int value;

	if (find_choice(line->keyword->choices, word, &value))
		return fault_set(
		    f, FAULT_USAGE, 0, "%s cannot be %s", line->name, word);
	set_number(s, line, value);
	return 0;
}

static int
apply_number(
    struct settings *s, const struct keyword_line *line, struct fault *f)
{
	const char *word = line->args.items[0];
	uint64_t value;

	if (num_parse_str(word, INT_MAX, &value))
		return fault_set(f, FAULT_USAGE, 0, "%s: not a number: %s",
		    line->name, word);
	set_number(s, line, (int)value);
	return 0;
}

static int
apply_port(struct settings *s, const struct keyword_line *line, struct fault *f)
{
	const char *word = line->args.items[0];
	uint64_t value;

	if (!strcmp(word, "ssh"))
		word = "22";
	if (num_parse_str(word, 65535, &value) || value == 0)
		return fault_set(
		    f, FAULT_USAGE, 0, "%s: not a port: %s", line->name, word);
	set_number(s, line, (int)value);
	return 0;
}

static uint64_t
unit_seconds(char unit)
{
	switch (unit) {
	case '\0':
	case 's':
	case 'S':
		return 1;
	case 'm':
	case 'M':
		return 60;
	case 'h':
	case 'H':
		return 3600;
	case 'd':
	case 'D':
		return 86400;
	case 'w':
	case 'W':
		return 604800;
	default:
		return 0;
	}
}

/* sshd_config(5), TIME FORMATS: 90, 1m30s, 1h. */
static int
parse_time(const char *text, int *ms)
{
	uint64_t total = 0, value, unit;

	if (!*text)
		return -1;
	while (*text) {
		size_t n = strspn(text, "0123456789");

		unit = unit_seconds(text[n]);
		if (!unit || num_parse(text, n, INT_MAX / 1000, &value))
			return -1;
		total += value * unit;
		if (total > INT_MAX / 1000)
			return -1;
		text += n + (text[n] != '\0');
	}
	*ms = (int)total * 1000;
	return 0;
}

static int
apply_seconds(
    struct settings *s, const struct keyword_line *line, struct fault *f)
{
	const char *word = line->args.items[0];
	int ms;

	if (!strcmp(word, "none"))
		return 0;
	if (parse_time(word, &ms))
		return fault_set(
		    f, FAULT_USAGE, 0, "%s: not a time: %s", line->name, word);
	set_number(s, line, ms);
	return 0;
}

static int
check_variable(
    const struct keyword_line *line, const char *word, struct fault *f)
{
	const char *name = word + 1;

	if (word[0] != '$' || word[1] == '{')
		return 0;
	if (*name &&
	    strspn(name,
		"abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(name))
		return 0;
	return fault_set(f, FAULT_USAGE, 0, "%s: bad name of a variable: %s",
	    line->name, word);
}

static int
apply_agent(
    struct settings *s, const struct keyword_line *line, struct fault *f)
{
	if (check_variable(line, line->args.items[0], f))
		return -1;
	set_text(s, line, line->args.items[0]);
	return 0;
}

static int
apply_forward_agent(
    struct settings *s, const struct keyword_line *line, struct fault *f)
{
	const char *word = line->args.items[0];
	int value;

	if (!find_choice(line->keyword->choices, word, &value)) {
		set_number(s, line, value);
		return 0;
	}
	if (check_variable(line, word, f))
		return -1;
	set_number(s, line, 1);
	if (!s->forward_agent_path)
		s->forward_agent_path = mem_strdup(word);
	return 0;
}

static int
apply_paths(
    struct settings *s, const struct keyword_line *line, struct fault *f)
{
	struct words *to = field(s, line);
	bool is_first = to->count == 0;
	size_t i;

	for (i = 0; i < line->args.count; i++) {
		const char *word = line->args.items[i];

		if (!*word)
			return fault_set(
			    f, FAULT_USAGE, 0, "%s: an empty path", line->name);
		if (!strcasecmp(word, "none") && line->args.count > 1)
			return fault_set(f, FAULT_USAGE, 0,
			    "%s: none must stand alone", line->name);
		if (is_first)
			words_add(to, word);
	}
	return 0;
}

/* ssh tells files of the system's configuration from the user's when it
 * drops repetitions; so each carries a mark that settings_finish removes. */
static int
apply_file(struct settings *s, const struct keyword_line *line, struct fault *f)
{
	struct words *to = field(s, line);
	char *marked;

	if (to->count >= SETTINGS_FILES_MAX)
		return fault_set(
		    f, FAULT_USAGE, 0, "%s: too many files", line->name);
	marked = mem_printf(
	    "%c%s", line->is_system ? 's' : 'u', line->args.items[0]);
	if (!words_have(to, marked))
		words_add(to, marked);
	mem_free(marked);
	return 0;
}

static bool
env_is_set(const struct words *env, const char *word)
{
	size_t n = strcspn(word, "=") + 1, i;

	for (i = 0; i < env->count; i++)
		if (!strncmp(env->items[i], word, n))
			return true;
	return false;
}

static int
apply_set_env(
    struct settings *s, const struct keyword_line *line, struct fault *f)
{
	struct words *to = field(s, line);
	bool is_first = to->count == 0;
	size_t i;

	for (i = 0; i < line->args.count; i++) {
		const char *word = line->args.items[i];

		if (!strchr(word, '='))
			return fault_set(f, FAULT_USAGE, 0,
			    "%s: not NAME=VALUE: %s", line->name, word);
		if (is_first && !env_is_set(to, word))
			words_add(to, word);
	}
	return 0;
}

static int
apply_command(struct settings *s, const struct keyword_line *line)
{
	const char *text = line->rest + strspn(line->rest, " \t\r\n=");

	/* as ssh does it: ProxyJump none leaves room for a command */
	if (s->proxy_jump.count == 0 || !strcmp(s->proxy_jump.items[0], "none"))
		set_text(s, line, text);
	return 0;
}

/* Whichever of ProxyJump and ProxyCommand comes first stands; "none" is kept
 * as a hop until settings_finish, so that it is a first value too. */
static int
apply_jump(struct settings *s, const struct keyword_line *line, struct fault *f)
{
	const char *start = line->rest + strspn(line->rest, " \t\r\n=");
	size_t n = strcspn(start, "#");
	struct words *to = field(s, line), hops = {0};
	char *text;
	int ret = 0;

	while (n && strchr(" \t\r\n", start[n - 1]))
		n--;
	text = mem_strndup(start, n);
	if (!strcasecmp(text, "none"))
		words_add(&hops, "none");
	else
		ret = jump_parse(&hops, text, f);
	mem_free(text);
	if (!ret && !s->proxy_command && to->count == 0)
		*to = hops;
	else
		words_release(&hops);
	return ret;
}

static int
check_count(const struct keyword_line *line, struct fault *f)
{
	enum keyword_kind kind = line->keyword->kind;
	bool many = kind == KEYWORD_PATHS || kind == KEYWORD_SET_ENV;

	if (kind == KEYWORD_COMMAND || kind == KEYWORD_JUMP)
		return 0;
	if (line->args.count == 0 || (!many && !line->args.items[0][0]))
		return fault_set(
		    f, FAULT_USAGE, 0, "%s: a value is missing", line->name);
	if (line->args.count > 1 && !many)
		return fault_set(
		    f, FAULT_USAGE, 0, "%s: more than one value", line->name);
	return 0;
}

int
keyword_apply(
    struct settings *s, const struct keyword_line *line, struct fault *f)
{
	if (check_count(line, f))
		return -1;
	switch (line->keyword->kind) {
	case KEYWORD_CHOICE:
		return apply_choice(s, line, f);
	case KEYWORD_NUMBER:
		return apply_number(s, line, f);
	case KEYWORD_SECONDS:
		return apply_seconds(s, line, f);
	case KEYWORD_PORT:
		return apply_port(s, line, f);
	case KEYWORD_AGENT:
		return apply_agent(s, line, f);
	case KEYWORD_FORWARD_AGENT:
		return apply_forward_agent(s, line, f);
	case KEYWORD_PATHS:
		return apply_paths(s, line, f);
	case KEYWORD_FILE:
		return apply_file(s, line, f);
	case KEYWORD_SET_ENV:
		return apply_set_env(s, line, f);
	case KEYWORD_COMMAND:
		return apply_command(s, line);
	case KEYWORD_JUMP:
		return apply_jump(s, line, f);
	case KEYWORD_TEXT:
		set_text(s, line, line->args.items[0]);
		return 0;
	case KEYWORD_HOST:
	case KEYWORD_MATCH:
	case KEYWORD_INCLUDE:
	case KEYWORD_SKIPPED:
	case KEYWORD_REFUSED:
	case KEYWORD_UNKNOWN:
		break;
	}
	return 0;
}
