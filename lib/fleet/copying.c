#include "fleet/copying.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "fleet/listfile.h"
#include "fleet/placeholder.h"
#include "fleet/transfer.h"

enum {
	COPYING_WINDOW = 16 << 20,
	COPYING_WINDOWS = 64 << 20, /* of all hosts at once */
	COPYING_WINDOW_MIN = 256 * 1024,
	COPYING_OPEN = 64, /* files open here at once, by all hosts, */
	COPYING_OPEN_MIN = 4, /* and by each */
	COPYING_LIST_MAX = 64 << 20
};

struct copying {
	struct transfer t;
	struct rate rate;
	const struct host_list *hosts;
	struct listfile changed; /* its path: NULL without --changed */
	bool json;
};

static bool
any_placeholder(const struct copy_options *o)
{
	size_t i;

	for (i = 0; i < o->n; i++) {
		if (placeholder_in(o->sources[i]))
			return true;
	}
	return false;
}

static bool
has_input(const struct copy_options *o)
{
	size_t i;

	for (i = 0; i < o->n; i++) {
		if (!strcmp(o->sources[i], "-"))
			return true;
	}
	return false;
}

static int
open_put(struct copying *c, const struct fleet_options *o, struct fault *f)
{
	const struct copy_options *copy = &o->copy;
	mode_t mask = umask(0);

	umask(mask);
	c->t.how.mask = mask;
	if (has_input(copy)) {
		if (copy->n > 1)
			return fault_set(f, FAULT_USAGE, 0,
			    "standard input is a source alone");
		if (copy->target[strlen(copy->target) - 1] == '/')
			return fault_set(f, FAULT_USAGE, 0,
			    "%s: standard input has no name to have there",
			    copy->target);
		c->t.input = input_open(host_list_count(o->hosts), false, f);
		if (!c->t.input)
			return -1;
	}
	if (any_placeholder(copy))
		return 0;
	c->t.shared =
	    sources_new(copy->sources, copy->n, copy->how.recursive, f);
	return c->t.shared ? 0 : -1;
}

struct place {
	char *path;
	size_t host;
};

static int
compare_places(const void *a, const void *b)
{
	return strcmp(
	    ((const struct place *)a)->path, ((const struct place *)b)->path);
}

static int
find_place(const struct copying *c, const struct sshconfig *config, size_t i,
    struct place *place, struct fault *f)
{
	struct settings settings;

	if (sshconfig_settings(
		config, host_list_get(c->hosts, i), &settings, f))
		return -1;
	*place = (struct place){
	    .host = i, .path = transfer_target(&c->t, "", &settings, i)};
	settings_release(&settings);
	return 0;
}

/* Two hosts must not write to the same place. */
static int
check_places(
    const struct copying *c, const struct sshconfig *config, struct fault *f)
{
	size_t n = host_list_count(c->hosts), have = 0, i;
	struct place *places = mem_alloc(n, sizeof(*places));
	int ret = 0;

	while (have < n && !ret) {
		ret = find_place(c, config, have, &places[have], f);
		have += !ret;
	}
	if (!ret)
		qsort(places, n, sizeof(*places), compare_places);
	for (i = 1; i < n && !ret; i++) {
		if (strcmp(places[i - 1].path, places[i].path) == 0)
			ret = fault_set(f, FAULT_USAGE, 0,
			    "%s: %s and %s would both be written there (%%h "
			    "stands for the host)",
			    places[i].path,
			    host_list_get(c->hosts, places[i - 1].host)->name,
			    host_list_get(c->hosts, places[i].host)->name);
	}
	while (have > 0)
		mem_free(places[--have].path);
	mem_free(places);
	return ret;
}

static int
open_get(struct copying *c, const struct sshconfig *config, struct fault *f)
{
	size_t n = host_list_count(c->hosts);

	c->t.to_output = !strcmp(c->t.target, "-");
	if (c->t.to_output && c->json)
		return fault_set(f, FAULT_USAGE, 0,
		    "--json: standard output takes the files");
	if (c->t.to_output && n > 1)
		return fault_set(f, FAULT_USAGE, 0,
		    "-: standard output takes the files of one host");
	if (n > 1 && placeholder_in(c->t.target))
		return check_places(c, config, f);
	return 0;
}

/* That there is no such place is told before anything is copied. */
static int
look_at_changed(struct copying *c, const char *path, struct fault *f)
{
	int error;

	if (!path)
		return 0;
	if (listfile_look(&c->changed, "--changed", path, f))
		return -1;
	error = listfile_check_place(&c->changed);
	return error ? fault_set(f, FAULT_SYSTEM, error, "--changed %s", path)
		     : 0;
}

static size_t
at_once(const struct fleet_options *o)
{
	size_t n = host_list_count(o->hosts);

	return o->jobs && o->jobs < n ? o->jobs : n;
}

static uint32_t
window_for(size_t hosts)
{
	size_t window = COPYING_WINDOWS / hosts;

	if (window > COPYING_WINDOW)
		return COPYING_WINDOW;
	return window < COPYING_WINDOW_MIN ? COPYING_WINDOW_MIN
					   : (uint32_t)window;
}

struct copying *
copying_open(const struct fleet_options *o, struct password *password, bool get,
    const struct sshconfig *config, struct fault *f)
{
	struct copying *c = mem_alloc(1, sizeof(*c));

	rate_init(&c->rate, o->copy.rate);
	c->hosts = o->hosts;
	c->json = o->output.json;
	c->t = (struct transfer){.get = get,
	    .sources = o->copy.sources,
	    .n = o->copy.n,
	    .target = o->copy.target,
	    .how = o->copy.how,
	    .several = o->several,
	    .rate = &c->rate};
	c->t.how.window = window_for(at_once(o));
	c->t.how.open_files = COPYING_OPEN / at_once(o) + COPYING_OPEN_MIN;
	c->t.how.password = password;
	c->t.how.tick = o->copy.rate ? RATE_TICK_MS : 0;
	c->t.results =
	    mem_alloc(host_list_count(o->hosts), sizeof(*c->t.results));
	if (look_at_changed(c, o->copy.changed, f) ||
	    (get ? open_get(c, config, f) : open_put(c, o, f))) {
		copying_free(c);
		return NULL;
	}
	return c;
}

static void
put_counts(void *arg, size_t host, struct buf *to)
{
	const struct copying *c = arg;
	const struct copy_counts *n = &c->t.results[host].counts;

	buf_printf(to,
	    ",\"sent\":%zu,\"unchanged\":%zu,\"failed\":%zu,"
	    "\"bytes\":%llu",
	    n->sent, n->unchanged, n->failed, (unsigned long long)n->bytes);
}

struct sink *
copying_sink(struct copying *c, struct writer *w,
    const struct sink_hosts *hosts, struct fault *f)
{
	(void)f;
	c->t.sink =
	    c->json ? sink_json_more(w, hosts, put_counts, c) : sink_raw(w);
	return c->t.sink;
}

static void
tell_moved(void *arg, uint64_t bytes)
{
	progress_moved(report_progress(arg), bytes);
}

static void
tell_expected(void *arg, int64_t bytes)
{
	progress_expect(report_progress(arg), bytes);
	report_touch(arg);
}

void
copying_report(struct copying *c, struct report *report)
{
	c->t.moved = tell_moved;
	c->t.expected = tell_expected;
	c->t.arg = report;
	if (c->t.shared)
		tell_expected(report,
		    (int64_t)(c->t.shared->bytes * host_list_count(c->hosts)));
}

void
copying_run(void *copying, const struct target *target, struct outcome *outcome)
{
	struct copying *c = copying;

	transfer_run(&c->t, target, outcome);
}

/* One host a line, with its ssh options, ready for -f. */
static void
list_changed(const struct copying *c, struct buf *to)
{
	size_t i, n = host_list_count(c->hosts);

	for (i = 0; i < n; i++) {
		const struct host *h = host_list_get(c->hosts, i);

		if (c->t.results[i].counts.sent == 0)
			continue;
		host_print(to, h);
		if (h->options)
			buf_printf(to, " %s", h->options);
		buf_putc(to, '\n');
	}
}

int
copying_finish(struct copying *c, struct fault *f)
{
	struct buf text;
	int error;

	if (c->t.input && input_error(c->t.input))
		return fault_set(f, FAULT_SYSTEM, input_error(c->t.input),
		    "standard input could not be sent whole");
	if (!c->changed.path)
		return 0;
	buf_init(&text, COPYING_LIST_MAX);
	list_changed(c, &text);
	error = listfile_replace(&c->changed, &text);
	buf_release(&text);
	return error
	    ? fault_set(f, FAULT_SYSTEM, error, "--changed %s", c->changed.path)
	    : 0;
}

void
copying_free(struct copying *c)
{
	if (!c)
		return;
	sources_free(c->t.shared);
	input_close(c->t.input);
	rate_release(&c->rate);
	mem_free(c->t.results);
	listfile_release(&c->changed);
	mem_free(c);
}
