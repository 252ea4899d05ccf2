/*
 * A copy from a host: the sources.  Patterns are matched on the host, one
 * component after the other.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "ssh/copy_get_internal.h"
#include "ssh/copy_glob.h"
#include "ssh/copy_home.h"

/* Paths of the host. */
struct paths {
	char **items;
	size_t n;
	struct get *get;
	const char *base; /* that is listed */
	char *pattern;
	size_t names;
	uint32_t code;
	bool done;
};

static void
paths_add(struct paths *p, char *path)
{
	if (p->n % 64 == 0)
		p->items =
		    mem_realloc(p->items, (p->n + 64) * sizeof(*p->items));
	p->items[p->n++] = path;
}

static void
paths_free(struct paths *p)
{
	while (p->n > 0)
		mem_free(p->items[--p->n]);
	mem_free(p->items);
	p->items = NULL;
}

static int
glob_entry(void *arg, const struct sftp_entry *entry)
{
	struct paths *p = arg;
	char *name = get_name(entry->name);

	if (!name || ++p->names > GET_NAMES || p->n > GET_NAMES ||
	    strlen(name) + strlen(p->base) >= GET_PATH) {
		mem_free(name);
		return -1;
	}
	if (copy_glob_matches(p->pattern, name, strlen(name)))
		paths_add(p, copy_join(p->base, name));
	mem_free(name);
	return 0;
}

static void
glob_done(void *arg, uint32_t code)
{
	struct paths *p = arg;

	p->code = code;
	p->done = true;
}

/* The names in a directory that match; one that cannot be read has none. */
static int
glob_dir(struct get *g, struct paths *to, const char *base, struct fault *f)
{
	static const struct sftp_list_ops ops = {
	    .entry = glob_entry, .done = glob_done};
	struct sftp_list *list;

	to->base = base;
	to->names = 0;
	to->done = false;
	list = sftp_list_start(g->client, *base ? base : ".", &ops, to);
	while (!to->done) {
		if (sftp_turn(g->s, f) || get_check_stop(g, f)) {
			if (!to->done)
				sftp_list_abandon(list);
			return -1;
		}
	}
	if (to->code == SFTP_FAILURE && to->names)
		return fault_set(f, FAULT_COPY, 0,
		    "%s: the host sends names that are none, or without end",
		    base);
	return 0;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The next component of all paths: a name, or what matches a pattern. */
static int
glob_step(
    struct get *g, struct paths *p, const char *part, size_t n, struct fault *f)
{
	struct paths next = {0};
	size_t i;
	int ret = 0;

	if (!copy_glob_is_pattern(part, n)) {
		char *name = copy_glob_plain(part, n);

		for (i = 0; i < p->n; i++)
			paths_add(&next, copy_join(p->items[i], name));
		mem_free(name);
	} else {
		next.pattern = mem_strndup(part, n);
		for (i = 0; i < p->n && !ret; i++)
			ret = glob_dir(g, &next, p->items[i], f);
		mem_free(next.pattern);
		if (next.n)
			qsort(next.items, next.n, sizeof(*next.items), compare);
	}
	paths_free(p);
	p->items = next.items;
	p->n = next.n;
	return ret;
}

static void
found_or_not(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	struct paths *p = arg;

	if (reply->type == SFTP_ATTRS ||
	    (reply->type == SFTP_STATUS && reply->code != SFTP_NO_SUCH_FILE))
		return;
	mem_free(p->items[tag]);
	p->items[tag] = NULL;
}

/* Leaves out what is not there: names were put behind what has matched. */
static int
keep_existing(struct get *g, struct paths *p, struct fault *f)
{
	size_t i, kept = 0;
	int ret = 0;

	for (i = 0; !ret && (i < p->n || g->client->in_flight);) {
		if (i < p->n && sftp_client_has_room(g->client, 1)) {
			(void)sftp_put_path(&g->client->out, SFTP_LSTAT,
			    sftp_expect(g->client, found_or_not, p, i),
			    p->items[i]);
			i++;
		} else if (sftp_turn(g->s, f) || get_check_stop(g, f)) {
			ret = -1;
		}
	}
	sftp_forget(g->client, p);
	for (i = 0; i < p->n; i++) {
		if (p->items[i])
			p->items[kept++] = p->items[i];
	}
	p->n = kept;
	return ret;
}

static int
glob(struct get *g, struct paths *p, const char *source, struct fault *f)
{
	const char *at = source, *last;
	size_t n;
	int ret = 0;

	paths_add(p, mem_strdup(*at == '/' ? "/" : ""));
	while (!ret) {
		at += strspn(at, "/");
		n = strcspn(at, "/");
		if (n == 0)
			break;
		ret = glob_step(g, p, at, n, f);
		at += n;
	}
	last = copy_last(source, &n);
	if (!ret && !copy_glob_is_pattern(last, n))
		ret = keep_existing(g, p, f);
	return ret;
}

/* What a pattern stands for.  Perhaps it is the name of a file, brackets and
 * all. */
static int
find_pattern(
    struct get *g, struct paths *all, const char *path, struct fault *f)
{
	struct sftp_attrs ignored;
	struct paths found = {0};
	int ret = glob(g, &found, path, f);
	size_t i;

	for (i = 0; i < found.n; i++)
		paths_add(all, found.items[i]);
	if (!ret && found.n == 0) {
		ret = sftp_stat(g->s, path, false, &ignored, f);
		if (ret == SFTP_OK)
			paths_add(all, mem_strdup(path));
		else if (ret > 0)
			ret = fault_set(
			    f, FAULT_COPY, 0, "%s: nothing matches", path);
	}
	mem_free(found.items);
	return ret;
}

/* A source without a pattern is taken as it is, slashes and all. */
static int
find(struct get *g, struct paths *all, const char *source, struct fault *f)
{
	char *path = copy_expand_home(g->s, source, true, f);
	int ret = path ? 0 : -1;

	if (path && copy_glob_is_pattern(path, strlen(path)))
		ret = find_pattern(g, all, path, f);
	else if (path)
		paths_add(all, copy_glob_plain(path, strlen(path)));
	mem_free(path);
	return ret;
}

/* What the only source is. */
static int
look_at_only(
    struct get *g, const char *path, struct sftp_attrs *attrs, struct fault *f)
{
	int code = sftp_stat(g->s, path, true, attrs, f);

	if (code != SFTP_OK)
		*attrs = (struct sftp_attrs){0};
	return code < 0 ? -1 : 0;
}

static void
queue(struct get *g, const char *path, const struct sftp_attrs *attrs)
{
	const struct copy_watch *watch = g->how->watch;
	struct get_item item = {.dir = g->root,
	    .remote = mem_strdup(path),
	    .name =
		g->new_name ? mem_strdup(g->new_name) : copy_own_name(path)};

	if (S_ISREG(attrs->mode)) {
		item.kind = GET_FILE;
		item.attrs = *attrs;
		item.size = attrs->flags & SFTP_ATTR_SIZE ? attrs->size : 0;
		watch->expected(watch->arg, (int64_t)item.size);
	}
	get_queue_item(g, &item);
}

int
get_find_sources(
    struct get *g, const char *const *sources, size_t n, struct fault *f)
{
	struct paths all = {0};
	struct sftp_attrs only = {0};
	size_t i;
	int ret = 0;

	for (i = 0; i < n && !ret; i++)
		ret = find(g, &all, sources[i], f);
	if (!ret && !g->output)
		ret =
		    copy_check_names((const char *const *)all.items, all.n, f);
	if (!ret && all.n == 1)
		ret = look_at_only(g, all.items[0], &only, f);
	if (!ret && !g->output)
		ret = get_open_target(g, all.n, S_ISDIR(only.mode), f);
	for (i = 0; i < all.n && !ret; i++)
		queue(g, all.items[i], &only);
	paths_free(&all);
	return ret;
}
