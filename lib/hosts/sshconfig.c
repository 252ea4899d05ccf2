#include "hosts/sshconfig.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "hosts/configfile.h"
#include "hosts/finish.h"
#include "hosts/keyword.h"
#include "hosts/list.h"
#include "hosts/match.h"
#include "hosts/pattern.h"

/*
 * A configuration is a list of files of lines, which are walked for each
 * host: conditions depend on what lines before them have set.  A walk holds
 * all that changes, so that walks of several threads do not meet.
 */

struct sshconfig {
	const struct sshconfig_env *env;
	struct configfile *command_line;
	struct configfile *files[2]; /* the user's, the system's; or NULL */
	struct buf notes;
	bool has_ignore_unknown;
};

struct walk {
	struct match match;
	struct settings *settings;
	bool active; /* the lines here hold for the host */
};

static struct configfile_reader
reader(struct sshconfig *c)
{
	return (struct configfile_reader){.env = &c->env->token,
	    .notes = &c->notes,
	    .has_ignore_unknown = c->has_ignore_unknown};
}

static int
read_options(struct sshconfig *c, const struct sshconfig_sources *sources,
    struct fault *f)
{
	struct configfile_reader r = reader(c);
	size_t i;

	c->command_line = configfile_new("command line", false);
	for (i = 0; i < sources->option_count; i++)
		if (configfile_add(c->command_line, sources->options[i], &r, f))
			return -1;
	c->has_ignore_unknown |= r.has_ignore_unknown;
	return 0;
}

static int
read_one(struct sshconfig *c, int which, const char *path, bool checked,
    struct fault *f)
{
	struct configfile_reader r = reader(c);

	c->files[which] = configfile_read(path, which == 1, checked, &r, f);
	c->has_ignore_unknown |= r.has_ignore_unknown;
	return c->files[which] || f->class == FAULT_NONE ? 0 : -1;
}

static int
read_default_files(struct sshconfig *c, struct fault *f)
{
	struct buf path;
	int ret = 0;

	buf_init(&path, 65536);
	if (!token_tilde(&path, "~/.ssh/config", &c->env->token, f))
		ret = read_one(c, 0, buf_str(&path), true, f);
	buf_release(&path);
	/* as ssh: a file that may not be read is as none */
	if (ret && f->class == FAULT_SYSTEM)
		ret = 0;
	if (!ret)
		ret = read_one(c, 1, "/etc/ssh/ssh_config", false, f);
	if (ret && f->class == FAULT_SYSTEM)
		ret = 0;
	return ret;
}

static int
read_files(struct sshconfig *c, const struct sshconfig_sources *sources,
    struct fault *f)
{
	struct configfile_reader r = reader(c);

	if (sources->text) {
		c->files[0] = configfile_new("text", false);
		if (configfile_parse(c->files[0], sources->text, &r, f))
			return -1;
		c->has_ignore_unknown |= r.has_ignore_unknown;
		return 0;
	}
	if (!sources->file)
		return read_default_files(c, f);
	if (!strcasecmp(sources->file, "none"))
		return 0;
	if (read_one(c, 0, sources->file, false, f))
		return -1;
	if (!c->files[0])
		return fault_set(
		    f, FAULT_USAGE, 0, "%s: no such file", sources->file);
	return 0;
}

struct sshconfig *
sshconfig_new(const struct sshconfig_sources *sources,
    const struct sshconfig_env *env, struct fault *f)
{
	struct sshconfig *c = mem_alloc(1, sizeof(*c));

	c->env = env;
	buf_init(&c->notes, 1 << 20);
	if (!read_options(c, sources, f) && !read_files(c, sources, f))
		return c;
	sshconfig_free(c);
	return NULL;
}

void
sshconfig_free(struct sshconfig *c)
{
	if (!c)
		return;
	configfile_free(c->command_line);
	configfile_free(c->files[0]);
	configfile_free(c->files[1]);
	buf_release(&c->notes);
	mem_free(c);
}

const char *
sshconfig_notes(const struct sshconfig *c)
{
	return buf_str(&c->notes);
}

static int walk_file(
    struct walk *w, const struct configfile *file, struct fault *f);

/* Conditions inside an included file end with it; in one that is included
 * where nothing holds, nothing ever does. */
static int
walk_included(
    struct walk *w, const struct configfile_line *line, struct fault *f)
{
	bool active = w->active, inactive = w->match.is_inactive;
	size_t i;
	int ret = 0;

	for (i = 0; i < line->included_count && !ret; i++) {
		w->match.is_inactive = inactive || !active;
		ret = walk_file(w, line->included[i], f);
		w->active = active;
	}
	w->match.is_inactive = inactive;
	return ret;
}

static int
walk_refused(struct walk *w, const struct keyword_line *line, struct fault *f)
{
	bool is_none =
	    line->args.count == 1 && !strcasecmp(line->args.items[0], "none");

	if (!w->active || is_none)
		return 0;
	return fault_set(f, FAULT_USAGE, 0,
	    "%s is not supported, and without it the connection would be "
	    "less secure than this file wants",
	    line->name);
}

static int
walk_unknown(struct walk *w, const struct keyword_line *line, struct fault *f)
{
	const char *ignore = w->settings->ignore_unknown;

	if (ignore && pattern_list_match_nocase(line->name, ignore) == 1)
		return 0;
	return fault_set(f, FAULT_USAGE, 0, "unknown keyword %s", line->name);
}

static int
walk_condition(struct walk *w, const struct keyword_line *line, struct fault *f)
{
	const struct settings *s = w->settings;
	int holds;

	/* in the second reading, ssh compares what it connects to */
	if (line->keyword->kind == KEYWORD_HOST)
		holds = match_host(
		    &line->args, w->match.is_final ? s->hostname : s->host);
	else
		holds = match_criteria(&w->match, line->rest, f);
	if (holds < 0)
		return -1;
	w->active = holds && !w->match.is_inactive;
	return 0;
}

static int
walk_line(struct walk *w, const struct configfile_line *line, struct fault *f)
{
	enum keyword_kind kind = line->words.keyword->kind;

	if (kind == KEYWORD_HOST || kind == KEYWORD_MATCH)
		return walk_condition(w, &line->words, f);
	if (kind == KEYWORD_INCLUDE)
		return walk_included(w, line, f);
	if (kind == KEYWORD_UNKNOWN)
		return walk_unknown(w, &line->words, f);
	if (kind == KEYWORD_REFUSED)
		return walk_refused(w, &line->words, f);
	if (kind == KEYWORD_SKIPPED || !w->active)
		return 0;
	return keyword_apply(w->settings, &line->words, f);
}

static int
walk_file(struct walk *w, const struct configfile *file, struct fault *f)
{
	size_t i;

	for (i = 0; i < file->count; i++)
		if (walk_line(w, &file->lines[i], f))
			return configfile_fault(file, &file->lines[i], f);
	return 0;
}

static int
walk_files(struct walk *w, const struct sshconfig *c, struct fault *f)
{
	int i;

	for (i = 0; i < 2; i++) {
		w->active = true;
		if (c->files[i] && walk_file(w, c->files[i], f))
			return -1;
	}
	return 0;
}

/* The words behind a host in its file. */
static int
walk_words(struct walk *w, const struct sshconfig *c, const char *options,
    struct fault *f)
{
	struct configfile *file = configfile_new(w->settings->host, false);
	struct configfile_reader r = {
	    .env = &c->env->token, .has_ignore_unknown = true};
	struct words words;
	struct buf notes;
	size_t i;
	int ret = 0;

	buf_init(&notes, 65536);
	r.notes = &notes;
	if (words_split(&words, options, true))
		ret = fault_set(f, FAULT_USAGE, 0, "%s: a quote has no end",
		    w->settings->host);
	for (i = 0; i < words.count && !ret; i++)
		ret = configfile_add_word(file, words.items[i], &r, f);
	w->active = true;
	if (!ret)
		ret = walk_file(w, file, f);
	words_release(&words);
	configfile_free(file);
	buf_release(&notes);
	return ret;
}

/* An address in the one form that known_hosts uses; a name in lower case. */
static char *
canonical(char *name)
{
	unsigned char bytes[16];
	char text[INET6_ADDRSTRLEN], *p;
	int family = strchr(name, ':') ? AF_INET6 : AF_INET;

	for (p = name; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	if (inet_pton(family, name, bytes) != 1 ||
	    !inet_ntop(family, bytes, text, sizeof(text)))
		return name;
	mem_free(name);
	return mem_strdup(text);
}

static int
set_hostname(struct settings *s, struct fault *f)
{
	char *name = match_hostname(s, f);

	if (!name)
		return -1;
	mem_free(s->hostname);
	s->hostname = canonical(name);
	return 0;
}

/* What stands before the files is not for hops. */
static int
walk_all(struct walk *w, const struct sshconfig *c, bool is_hop,
    const char *options, struct fault *f)
{
	w->active = true;
	if (!is_hop && walk_file(w, c->command_line, f))
		return -1;
	if (options && walk_words(w, c, options, f))
		return -1;
	if (walk_files(w, c, f) || set_hostname(w->settings, f))
		return -1;
	if (!w->match.wants_final)
		return 0;
	w->match.is_final = true;
	return walk_files(w, c, f);
}

static void
name_host(struct settings *s, const struct host *h)
{
	settings_init(s);
	s->host = mem_strdup(h->name);
	if (h->user)
		s->user = mem_strdup(h->user);
	if (h->port)
		s->port = h->port;
}

static int
fill(const struct sshconfig *c, bool is_hop, const char *options,
    struct settings *out, struct fault *f)
{
	struct walk w = {
	    .settings = out, .match = {.env = c->env, .settings = out}};

	if (!walk_all(&w, c, is_hop, options, f) &&
	    !finish_settings(out, c->env, f))
		return 0;
	settings_release(out);
	return -1;
}

int
sshconfig_settings(const struct sshconfig *c, const struct host *h,
    struct settings *out, struct fault *f)
{
	name_host(out, h);
	return fill(c, false, h->options, out, f);
}

int
sshconfig_hop_settings(const struct sshconfig *c, const struct settings *of,
    struct settings *out, struct fault *f)
{
	const struct words *hops = &of->proxy_jump;
	struct host_list *list = host_list_new();
	size_t i;
	int ret = host_list_add(list, hops->items[hops->count - 1], f);

	if (!ret) {
		name_host(out, host_list_get(list, 0));
		for (i = 0; i + 1 < hops->count; i++)
			words_add(&out->proxy_jump, hops->items[i]);
		if (of->batch_mode)
			out->batch_mode = 1;
		ret = fill(c, true, NULL, out, f);
	}
	host_list_free(list);
	return ret;
}
