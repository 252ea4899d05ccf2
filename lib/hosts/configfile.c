#include "hosts/configfile.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"

enum {
	DEPTH_MAX = 16, /* as ssh has it */
	FILE_MAX = 4 << 20
};

static const char blanks[] = " \t\r\n\f";

struct configfile *
configfile_new(const char *name, bool is_system)
{
	struct configfile *c = mem_alloc(1, sizeof(*c));

	c->name = mem_strdup(name);
	c->is_system = is_system;
	return c;
}

static void
line_release(struct configfile_line *line)
{
	size_t i;

	for (i = 0; i < line->included_count; i++)
		configfile_free(line->included[i]);
	mem_free(line->included);
	words_release(&line->words.args);
	mem_free(line->text);
}

void
configfile_free(struct configfile *c)
{
	size_t i;

	if (!c)
		return;
	for (i = 0; i < c->count; i++)
		line_release(&c->lines[i]);
	mem_free(c->lines);
	mem_free(c->name);
	mem_free(c);
}

int
configfile_fault(const struct configfile *c, const struct configfile_line *line,
    struct fault *f)
{
	if (line->number)
		return fault_prefix(f, "%s line %d", c->name, line->number);
	return fault_prefix(f, "%s", c->name);
}

static void
lower(char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
}

/* Takes the keyword off a line's text.  1: the line says nothing. */
static int
split_keyword(struct configfile_line *line, struct fault *f)
{
	char *text = line->text, *word;
	size_t n = strlen(text);

	while (n && strchr(blanks, text[n - 1]))
		text[--n] = '\0';
	text += strspn(text, blanks);
	if (!*text || *text == '#')
		return 1;
	word = words_next(&text);
	if (!word || !*word)
		return fault_set(f, FAULT_USAGE, 0, "no keyword");
	lower(word);
	line->words.name = word;
	if (text)
		text += strspn(text, blanks);
	if (!text || !*text)
		return fault_set(
		    f, FAULT_USAGE, 0, "%s: a value is missing", word);
	line->words.rest = text;
	return 0;
}

static bool
is_value(enum keyword_kind kind)
{
	return kind <= KEYWORD_JUMP;
}

/* What can be said of a line before any host is known. */
static int
check_line(const struct configfile *c, const struct configfile_line *line,
    struct configfile_reader *r, struct fault *f)
{
	enum keyword_kind kind = line->words.keyword->kind;
	struct settings scratch;
	int ret;

	if (kind == KEYWORD_UNKNOWN && !r->has_ignore_unknown)
		return fault_set(
		    f, FAULT_USAGE, 0, "unknown keyword %s", line->words.name);
	if (kind == KEYWORD_SKIPPED)
		buf_printf(r->notes,
		    "%s line %d: %s is not supported, and "
		    "skipped\n",
		    c->name, line->number, line->words.name);
	if (!is_value(kind))
		return 0;
	settings_init(&scratch);
	ret = keyword_apply(&scratch, &line->words, f);
	if (!ret && scratch.ignore_unknown)
		r->has_ignore_unknown = true;
	settings_release(&scratch);
	return ret;
}

/* The line is taken, or released when there is nothing to keep. */
static int
keep_line(struct configfile *c, struct configfile_line *line)
{
	if ((c->count & (c->count - 1)) == 0)
		c->lines = mem_realloc(c->lines,
		    (c->count ? 2 * c->count : 1) * sizeof(*c->lines));
	c->lines[c->count++] = *line;
	return 0;
}

static int
add_line(struct configfile *c, struct configfile_line *line,
    struct configfile_reader *r, struct fault *f)
{
	int said = split_keyword(line, f);

	if (said == 0) {
		line->words.is_system = c->is_system;
		line->words.keyword = keyword_find(line->words.name);
		if (words_split(&line->words.args, line->words.rest, true))
			said =
			    fault_set(f, FAULT_USAGE, 0, "a quote has no end");
		else
			said = check_line(c, line, r, f);
	}
	if (said == 0)
		return keep_line(c, line);
	if (said < 0)
		configfile_fault(c, line, f);
	line_release(line);
	return said < 0 ? -1 : 0;
}

int
configfile_parse(struct configfile *c, const char *text,
    struct configfile_reader *r, struct fault *f)
{
	int number = 1;

	while (*text) {
		size_t n = strcspn(text, "\n");
		struct configfile_line line = {
		    .number = number, .text = mem_strndup(text, n)};

		number++;
		if (add_line(c, &line, r, f))
			return -1;
		text += n + (text[n] == '\n');
	}
	return 0;
}

int
configfile_add(struct configfile *c, const char *text,
    struct configfile_reader *r, struct fault *f)
{
	struct configfile_line line = {.text = mem_strdup(text)};
	enum keyword_kind kind;

	if (add_line(c, &line, r, f))
		return -1;
	if (c->count == 0)
		return 0;
	kind = c->lines[c->count - 1].words.keyword->kind;
	if (kind == KEYWORD_HOST || kind == KEYWORD_MATCH ||
	    kind == KEYWORD_INCLUDE)
		return fault_set(f, FAULT_USAGE, 0,
		    "%s: %s stands in files "
		    "alone",
		    c->name, c->lines[c->count - 1].words.name);
	return 0;
}

int
configfile_add_word(struct configfile *c, const char *word,
    struct configfile_reader *r, struct fault *f)
{
	struct configfile_line line = {.text = mem_strdup(word)};
	char *equals = strchr(line.text, '=');
	int ret;

	if (!equals) {
		line_release(&line);
		return fault_set(
		    f, FAULT_USAGE, 0, "%s: not KEY=VALUE: %s", c->name, word);
	}
	*equals = '\0';
	lower(line.text);
	line.words.name = line.text;
	line.words.rest = equals + 1;
	line.words.keyword = keyword_find(line.words.name);
	words_add(&line.words.args, equals + 1);
	if (line.words.keyword->kind == KEYWORD_SKIPPED ||
	    is_value(line.words.keyword->kind))
		ret = check_line(c, &line, r, f);
	else
		ret = fault_set(f, FAULT_USAGE, 0, "%s: no setting of a host",
		    line.words.name);
	if (!ret)
		return keep_line(c, &line);
	configfile_fault(c, &line, f);
	line_release(&line);
	return -1;
}

/* ssh_config(5), FILES: others must not be able to write it. */
static int
check_mode(int fd, struct fault *f)
{
	struct stat st;

	if (fstat(fd, &st))
		return fault_set(f, FAULT_SYSTEM, errno, "fstat");
	if ((st.st_uid != 0 && st.st_uid != getuid()) || (st.st_mode & 022))
		return fault_set(f, FAULT_USAGE, 0,
		    "it belongs to somebody else, or others may write it");
	return 0;
}

static int
read_text(
    int fd, const char *path, bool checked, struct buf *text, struct fault *f)
{
	if (checked && check_mode(fd, f))
		return fault_prefix(f, "%s", path);
	if (fdio_read_all(fd, text) && errno != EISDIR)
		return fault_set(f, FAULT_SYSTEM, errno, "%s", path);
	if (strlen(buf_str(text)) != text->len)
		return fault_set(
		    f, FAULT_USAGE, 0, "%s: not a text: it holds NUL", path);
	return 0;
}

static struct configfile *read_tree(const char *path, bool is_system,
    bool checked, int depth, struct configfile_reader *r, struct fault *f);

/* The pattern of an Include as a path; the caller's, or NULL. */
static char *
include_path(const struct configfile *c, const char *arg,
    const struct configfile_reader *r, struct fault *f)
{
	struct buf path;
	int ret;

	buf_init(&path, FILE_MAX);
	if (*arg == '~' && c->is_system)
		ret = fault_set(f, FAULT_USAGE, 0, "include: bad path %s", arg);
	else if (*arg == '/' || *arg == '~')
		ret = token_tilde(&path, arg, r->env, f);
	else if (c->is_system)
		ret = buf_printf(&path, "/etc/ssh/%s", arg);
	else
		ret = token_tilde(&path, "~/.ssh/", r->env, f) ||
			buf_puts(&path, arg)
		    ? -1
		    : 0;
	if (!ret)
		return buf_steal(&path);
	buf_release(&path);
	return NULL;
}

static int
include_file(const struct configfile *c, struct configfile_line *line,
    const char *path, int depth, struct configfile_reader *r, struct fault *f)
{
	struct configfile *child =
	    read_tree(path, c->is_system, true, depth + 1, r, f);

	if (!child)
		return f->class == FAULT_NONE ? 0 : -1;
	line->included = mem_realloc(line->included,
	    (line->included_count + 1) * sizeof(struct configfile *));
	line->included[line->included_count++] = child;
	return 0;
}

static int
include_pattern(const struct configfile *c, struct configfile_line *line,
    const char *arg, int depth, struct configfile_reader *r, struct fault *f)
{
	char *pattern;
	glob_t found = {0};
	int ret = 0, status;
	size_t i;

	if (!*arg)
		return fault_set(f, FAULT_USAGE, 0, "include: an empty path");
	pattern = include_path(c, arg, r, f);
	if (!pattern)
		return -1;
	status = glob(pattern, 0, NULL, &found);
	if (status && status != GLOB_NOMATCH)
		ret = fault_set(
		    f, FAULT_SYSTEM, 0, "include: cannot read %s", pattern);
	for (i = 0; !status && !ret && i < found.gl_pathc; i++)
		ret = include_file(c, line, found.gl_pathv[i], depth, r, f);
	globfree(&found);
	mem_free(pattern);
	return ret;
}

static int
read_includes(struct configfile *c, int depth, struct configfile_reader *r,
    struct fault *f)
{
	size_t i, j;

	for (i = 0; i < c->count; i++) {
		struct configfile_line *line = &c->lines[i];

		if (line->words.keyword->kind != KEYWORD_INCLUDE)
			continue;
		for (j = 0; j < line->words.args.count; j++)
			if (include_pattern(c, line, line->words.args.items[j],
				depth, r, f))
				return configfile_fault(c, line, f);
	}
	return 0;
}

static struct configfile *
read_tree(const char *path, bool is_system, bool checked, int depth,
    struct configfile_reader *r, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct configfile *c = NULL;
	struct buf text;
	int ret = -1;

	fault_clear(f);
	if (fd < 0) {
		if (errno != ENOENT)
			fault_set(f, FAULT_SYSTEM, errno, "%s", path);
		return NULL;
	}
	buf_init(&text, FILE_MAX);
	if (depth > DEPTH_MAX)
		fault_set(f, FAULT_USAGE, 0, "files include each other");
	else if (!read_text(fd, path, checked, &text, f)) {
		c = configfile_new(path, is_system);
		ret = configfile_parse(c, buf_str(&text), r, f) ||
			read_includes(c, depth, r, f)
		    ? -1
		    : 0;
	}
	close(fd);
	buf_release(&text);
	if (!ret) {
		fault_clear(f);
		return c;
	}
	configfile_free(c);
	return NULL;
}

struct configfile *
configfile_read(const char *path, bool is_system, bool checked,
    struct configfile_reader *r, struct fault *f)
{
	return read_tree(path, is_system, checked, 0, r, f);
}
