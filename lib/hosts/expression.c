/*
 * Host expressions and host files, evaluated into a list.
 */
#include "hosts/list.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "hosts/groups.h"
#include "hosts/term.h"

enum {
	GROUPS_MAX = 10000 /* looked up for one expression or file */
};

/* Groups that are being read, from the innermost out. */
struct nesting {
	const struct nesting *outer;
	const char *group;
	int *budget; /* how many more may be read */
};

/* What a term's hosts carry beside their names, and where it stands. */
struct defaults {
	const char *user; /* where the term names none, or NULL */
	const char *options; /* or NULL */
	const struct nesting *nesting;
};

static int
fail(struct fault *f, const char *text, const struct range_error *e)
{
	fault_set(
	    f, FAULT_USAGE, 0, "hosts: %s, column %zu", e->cause, e->at + 1);
	return fault_show(f, text, e->at);
}

/* Adds a host like h for each name of a term.  -1 when the list is full. */
static int
put_names(struct host_list *to, const struct term *t, struct host *h)
{
	struct term_walk walk;
	struct buf name;
	int ret;

	if (term_count(t) > HOST_LIST_MAX)
		return -1;
	host_list_reserve(to, term_count(t));
	buf_init(&name, 2 * HOST_NAME_LEN_MAX);
	term_walk_start(&walk, t);
	do {
		term_walk_name(&walk, &name);
		h->name = buf_str(&name);
		ret = host_list_put(to, h);
	} while (!ret && term_walk_next(&walk));
	buf_release(&name);
	return ret;
}

static int
add_names(struct host_list *to, const struct term *t,
    const struct defaults *defaults, struct range_error *e)
{
	struct host h = {.port = t->port, .options = defaults->options};
	char *user = t->user ? mem_strndup(t->user, t->user_len) : NULL;
	int ret;

	h.user = user ? user : defaults->user;
	ret = put_names(to, t, &h);
	if (ret)
		e->cause = "more than 65536 hosts";
	mem_free(user);
	return ret;
}

static int add_lines(struct host_list *l, const char *name, struct buf *text,
    const struct nesting *nesting, struct fault *f);

static bool
is_nested(const struct nesting *n, const char *group)
{
	for (; n; n = n->outer)
		if (n->group && !strcmp(n->group, group))
			return true;
	return false;
}

/* Appends "a, b, " for the groups from the outermost in. */
static void
print_nesting(struct buf *to, const struct nesting *n)
{
	if (!n)
		return;
	print_nesting(to, n->outer);
	if (n->group)
		buf_printf(to, "%s, ", n->group);
}

static int
fail_nested(const struct nesting *n, const char *group, struct fault *f)
{
	struct buf chain;

	buf_init(&chain, 65536);
	print_nesting(&chain, n);
	fault_set(f, FAULT_USAGE, 0, "groups hold each other: %s%s",
	    buf_str(&chain), group);
	buf_release(&chain);
	return -1;
}

/* Adds the hosts of a group's list, with what the term gives them. */
static int
add_members(struct host_list *to, const struct host_list *from,
    const struct defaults *defaults, struct fault *f)
{
	size_t i;

	for (i = 0; i < host_list_count(from); i++) {
		struct host h = *host_list_get(from, i);

		if (!h.user)
			h.user = defaults->user;
		if (!h.options)
			h.options = defaults->options;
		if (host_list_put(to, &h))
			return fault_set(
			    f, FAULT_USAGE, 0, "hosts: more than 65536 hosts");
	}
	return 0;
}

static int
add_group(struct host_list *to, const char *group,
    const struct defaults *defaults, struct fault *f)
{
	struct nesting here = {.outer = defaults->nesting,
	    .group = group,
	    .budget = defaults->nesting->budget};
	struct host_list *members;
	struct buf text;
	char *path;
	int ret;

	if (is_nested(here.outer, group))
		return fail_nested(here.outer, group, f);
	if (--*here.budget < 0)
		return fault_set(f, FAULT_USAGE, 0, "too many groups");
	buf_init(&text, HOST_TEXT_MAX);
	if (groups_read(group, &text, &path, f)) {
		buf_release(&text);
		return -1;
	}
	members = host_list_new();
	buf_putc(&text, '\n');
	ret = add_lines(members, path, &text, &here, f) ||
		add_members(to, members, defaults, f)
	    ? -1
	    : 0;
	host_list_free(members);
	mem_free(path);
	buf_release(&text);
	return ret;
}

/* Adds a term's hosts.  A fault of the term itself shows its place, one that
 * comes out of a group's file has shown its own. */
static int
add_term(struct host_list *to, const struct term *t,
    const struct defaults *defaults, const char *text, size_t at,
    struct fault *f)
{
	struct range_error e = {.at = at};
	struct term_walk walk;
	struct buf group;
	int ret;

	if (!t->is_group)
		return add_names(to, t, defaults, &e) ? fail(f, text, &e) : 0;
	buf_init(&group, 2 * HOST_NAME_LEN_MAX);
	term_walk_start(&walk, t);
	term_walk_name(&walk, &group);
	fault_clear(f);
	ret = add_group(to, buf_str(&group), defaults, f);
	if (ret && !f->shown[0]) {
		fault_prefix(f, "hosts: column %zu", at + 1);
		fault_show(f, text, at);
	}
	buf_release(&group);
	return ret;
}

static int
exclude_term(struct host_list *from, const struct term *t,
    const struct defaults *defaults, const char *text, size_t at,
    struct fault *f)
{
	const struct defaults bare = {.nesting = defaults->nesting};
	struct host_list *gone = host_list_new();
	int ret = add_term(gone, t, &bare, text, at, f);

	if (!ret)
		host_list_filter(from, gone, false);
	host_list_free(gone);
	return ret;
}

static int
evaluate(struct host_list *l, const char *text, const struct defaults *defaults,
    struct fault *f)
{
	size_t at = 0, n = strlen(text);
	struct range_error e;
	struct term t;
	int ret;

	do {
		size_t start = at;

		if (term_parse(&t, text, n, &at, &e))
			return fail(f, text, &e);
		if (t.is_excluded)
			ret = exclude_term(l, &t, defaults, text, start, f);
		else
			ret = add_term(l, &t, defaults, text, start, f);
		term_release(&t);
		if (ret)
			return -1;
	} while (at++ < n);
	return 0;
}

int
host_list_add(struct host_list *l, const char *text, struct fault *f)
{
	int budget = GROUPS_MAX;
	const struct nesting outermost = {.budget = &budget};
	const struct defaults defaults = {.nesting = &outermost};

	return evaluate(l, text, &defaults, f);
}

int
host_list_exclude(struct host_list *l, const char *text, struct fault *f)
{
	struct host_list *gone = host_list_new();
	int ret = host_list_add(gone, text, f);

	if (!ret)
		host_list_filter(l, gone, false);
	host_list_free(gone);
	return ret;
}

bool
host_list_is_plain(const char *text)
{
	size_t at = 0, n = strlen(text);
	struct range_error e;
	struct term t;
	bool plain;

	if (term_parse(&t, text, n, &at, &e))
		return false;
	plain = at == n && !t.is_excluded && !t.is_group && t.count == 1 &&
	    t.pieces[0].text;
	term_release(&t);
	return plain;
}

bool
host_list_looks_globbed(const char *text)
{
	return strpbrk(text, "0123456789") && !strchr(text, '/') &&
	    host_list_is_plain(text) && access(text, F_OK) == 0;
}

/* Cuts the comment and the blanks at both ends off a line. */
static char *
trim(char *line)
{
	size_t n;

	line[strcspn(line, "#")] = '\0';
	line += strspn(line, " \t\r");
	n = strlen(line);
	while (n && strchr(" \t\r", line[n - 1]))
		line[--n] = '\0';
	return line;
}

/* The words behind a list, from line[at]: options, or a single user. */
static int
take_words(struct defaults *to, const char *line, size_t at, struct fault *f)
{
	const char *words = line + at;
	size_t n = strcspn(words, " \t");
	struct range_error e;

	if (memchr(words, '=', n)) {
		to->options = words;
		return 0;
	}
	if (words[n]) {
		e = (struct range_error){
		    .cause = "behind hosts stand KEY=VALUE, or one user",
		    .at = at};
		return fail(f, line, &e);
	}
	if (term_check_user(words, n, &e)) {
		e.at += at;
		return fail(f, line, &e);
	}
	to->user = words;
	return 0;
}

static int
add_line(struct host_list *l, char *line, const struct nesting *nesting,
    struct fault *f)
{
	struct defaults defaults = {.nesting = nesting};
	size_t n = strcspn(line, " \t"), at = n + strspn(line + n, " \t");

	if (line[at] && take_words(&defaults, line, at, f))
		return -1;
	line[n] = '\0';
	return evaluate(l, line, &defaults, f);
}

static int
add_lines(struct host_list *l, const char *name, struct buf *text,
    const struct nesting *nesting, struct fault *f)
{
	char *line = text->data, *end;
	size_t number = 1;

	if (strlen(buf_str(text)) != text->len)
		return fault_set(
		    f, FAULT_USAGE, 0, "%s: not a text: it holds NUL", name);
	for (; line && *line; line = end + 1, number++) {
		end = line + strcspn(line, "\n");
		*end = '\0';
		line = trim(line);
		if (*line && add_line(l, line, nesting, f))
			return fault_prefix(f, "%s line %zu", name, number);
	}
	return 0;
}

int
host_list_add_file(struct host_list *l, const char *path, struct fault *f)
{
	bool is_stdin = !strcmp(path, "-");
	const char *name = is_stdin ? "standard input" : path;
	int budget = GROUPS_MAX;
	const struct nesting outermost = {.budget = &budget};
	struct buf text;
	int ret = 0;

	buf_init(&text, HOST_TEXT_MAX);
	if (!is_stdin)
		ret = fdio_read_file(path, &text, f);
	else if (fdio_read_all(STDIN_FILENO, &text))
		ret = fault_set(f, FAULT_SYSTEM, errno, "%s", name);
	if (!ret) {
		buf_putc(&text, '\n');
		ret = add_lines(l, name, &text, &outermost, f);
	}
	buf_release(&text);
	return ret;
}
