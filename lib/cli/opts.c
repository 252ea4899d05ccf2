#include "cli/opts.h"

#include <string.h>

void
opts_init(struct opts *o, const struct opt *table, char **argv)
{
	*o = (struct opts){.table = table, .argv = argv, .next = 1};
	if (!argv[0])
		o->next = 0;
}

static const struct opt *
find_letter(const struct opt *table, char letter)
{
	for (; table->id; table++)
		if (table->letter == letter)
			return table;
	return NULL;
}

static const struct opt *
find_name(const struct opt *table, const char *name, size_t n)
{
	for (; table->id; table++)
		if (table->name && strlen(table->name) == n &&
		    !strncmp(table->name, name, n))
			return table;
	return NULL;
}

static int
parse_letter(struct opts *o, const char **value, struct fault *f)
{
	char letter = *o->bundle++;
	const struct opt *opt = find_letter(o->table, letter);

	if (!opt)
		return fault_set(
		    f, FAULT_USAGE, 0, "unknown option -%c", letter);
	if (!opt->arg) {
		if (!*o->bundle)
			o->bundle = NULL;
		return opt->id;
	}
	*value = *o->bundle ? o->bundle : o->argv[o->next++];
	o->bundle = NULL;
	if (!*value) {
		o->next--;
		return fault_set(f, FAULT_USAGE, 0,
		    "option -%c needs an argument (%s)", letter, opt->arg);
	}
	return opt->id;
}

static int
parse_name(
    struct opts *o, const char *name, const char **value, struct fault *f)
{
	size_t n = strcspn(name, "=");
	const struct opt *opt = find_name(o->table, name, n);

	if (!opt)
		return fault_set(
		    f, FAULT_USAGE, 0, "unknown option --%.*s", (int)n, name);
	if (!opt->arg && name[n])
		return fault_set(f, FAULT_USAGE, 0,
		    "option --%s takes no argument", opt->name);
	if (!opt->arg)
		return opt->id;
	*value = name[n] ? name + n + 1 : o->argv[o->next];
	if (!*value)
		return fault_set(f, FAULT_USAGE, 0,
		    "option --%s needs an argument (%s)", opt->name, opt->arg);
	if (!name[n])
		o->next++;
	return opt->id;
}

int
opts_next(struct opts *o, const char **value, struct fault *f)
{
	const char *word;

	*value = NULL;
	if (o->bundle)
		return parse_letter(o, value, f);
	word = o->argv[o->next];
	if (!word || word[0] != '-' || !word[1])
		return 0;
	o->next++;
	if (word[1] != '-') {
		o->bundle = word + 1;
		return parse_letter(o, value, f);
	}
	return word[2] ? parse_name(o, word + 2, value, f) : 0;
}

static void
help_option(struct buf *to, const struct opt *opt)
{
	size_t start = to->len, width;

	buf_puts(to, "  ");
	if (opt->letter)
		buf_printf(to, "-%c", opt->letter);
	if (opt->letter && opt->name)
		buf_puts(to, ", ");
	if (opt->name)
		buf_printf(to, "--%s", opt->name);
	if (opt->arg)
		buf_printf(to, "%s%s", opt->name ? "=" : " ", opt->arg);
	width = to->len - start;
	if (width > 26)
		buf_printf(to, "\n%28s%s\n", "", opt->help);
	else
		buf_printf(to, "%*s%s\n", (int)(28 - width), "", opt->help);
}

void
opts_help(struct buf *to, const char *usage, const struct opt *table)
{
	buf_printf(to, "usage: %s\n", usage);
	for (; table->id; table++)
		help_option(to, table);
}
