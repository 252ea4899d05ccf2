/*
 * Host expressions and host files, evaluated into a list.
 */
#include "hosts/list.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "hosts/term.h"

/* What a term's hosts carry beside their names. */
struct defaults {
	const char *user; /* where the term names none, or NULL */
	const char *options; /* or NULL */
};

static int
fail(struct fault *f, const char *text, const struct range_error *e)
{
	fault_set(
	    f, FAULT_USAGE, 0, "hosts: %s, column %zu", e->cause, e->at + 1);
	return fault_show(f, text, e->at);
}

static int
add_names(struct host_list *to, const struct term *t,
    const struct defaults *defaults, struct range_error *e)
{
	struct host h = {.port = t->port, .options = defaults->options};
	char *user = t->user ? mem_strndup(t->user, t->user_len) : NULL;
	uint64_t i, count = term_count(t);
	struct buf name;
	int ret = 0;

	buf_init(&name, 2 * HOST_NAME_LEN_MAX);
	h.user = user ? user : defaults->user;
	if (count > HOST_LIST_MAX)
		ret = -1;
	for (i = 0; i < count && !ret; i++) {
		term_name(t, i, &name);
		h.name = buf_str(&name);
		ret = host_list_put(to, &h);
	}
	if (ret)
		e->cause = "more than 65536 hosts";
	buf_release(&name);
	mem_free(user);
	return ret;
}

static int
add_term(struct host_list *to, const struct term *t,
    const struct defaults *defaults, struct range_error *e)
{
	if (t->is_group) {
		e->cause = "no such group";
		return -1;
	}
	return add_names(to, t, defaults, e);
}

static int
exclude_term(
    struct host_list *from, const struct term *t, struct range_error *e)
{
	static const struct defaults none;
	struct host_list *gone = host_list_new();
	int ret = add_term(gone, t, &none, e);

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
	int ret = 0;

	do {
		size_t start = at;

		if (term_parse(&t, text, n, &at, &e))
			return fail(f, text, &e);
		e.at = start;
		ret = t.is_excluded ? exclude_term(l, &t, &e)
				    : add_term(l, &t, defaults, &e);
		term_release(&t);
		if (ret)
			return fail(f, text, &e);
	} while (at++ < n);
	return 0;
}

int
host_list_add(struct host_list *l, const char *text, struct fault *f)
{
	static const struct defaults none;

	return evaluate(l, text, &none, f);
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

static int
add_line(struct host_list *l, char *line, struct fault *f)
{
	struct defaults defaults = {0};
	size_t n = strcspn(line, " \t");

	if (line[n]) {
		char *rest = line + n + strspn(line + n, " \t");

		line[n] = '\0';
		if (strpbrk(rest, " \t="))
			defaults.options = rest;
		else
			defaults.user = rest;
	}
	return evaluate(l, line, &defaults, f);
}

static int
add_lines(
    struct host_list *l, const char *name, struct buf *text, struct fault *f)
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
		if (*line && add_line(l, line, f))
			return fault_prefix(f, "%s line %zu", name, number);
	}
	return 0;
}

int
host_list_add_file(struct host_list *l, const char *path, struct fault *f)
{
	bool is_stdin = !strcmp(path, "-");
	const char *name = is_stdin ? "standard input" : path;
	struct buf text;
	int ret = 0;

	buf_init(&text, HOST_TEXT_MAX);
	if (!is_stdin)
		ret = fdio_read_file(path, &text, f);
	else if (fdio_read_all(STDIN_FILENO, &text))
		ret = fault_set(f, FAULT_SYSTEM, errno, "%s", name);
	if (!ret) {
		buf_putc(&text, '\n');
		ret = add_lines(l, name, &text, f);
	}
	buf_release(&text);
	return ret;
}
