#include "fleet/transfer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "cli/status.h"
#include "fleet/connect.h"
#include "fleet/placeholder.h"
#include "ssh/copy_name.h"

enum {
	TRANSFER_PATH_MAX = 65536,
	TRANSFER_TOLD = 100 /* failures that are told, of one host */
};

/* One run of it on one host. */
struct run {
	const struct transfer *t;
	const struct target *target;
	struct copy_counts *counts;
	struct input_reader reader;
	struct exec_io input;
	struct copy_watch watch;
	struct copy_how how;
	struct buf first; /* the first failure, while it is the only one */
	size_t told, skipped;
	int64_t awaited; /* bytes that were said to come, and have not */
};

/* A single failure is the host's; of several, each is told. */
static void
tell_failure(struct run *r, const char *text)
{
	if (r->counts->failed == 1) {
		buf_puts(&r->first, text);
		return;
	}
	if (r->told == 0 && r->first.len)
		diag_error("%s: %s", r->target->label, buf_str(&r->first));
	if (r->told++ < TRANSFER_TOLD)
		diag_error("%s: %s", r->target->label, text);
}

static void
run_file(void *arg, enum copy_event event, const char *text)
{
	struct run *r = arg;

	if (event == COPY_FAILED)
		tell_failure(r, text);
	else if (event == COPY_SKIPPED && r->skipped++ < TRANSFER_TOLD)
		diag_note("%s: %s, left out", r->target->label, text);
	else if (event == COPY_SKIPPED)
		return;
	else
		diag_verbose(1, "%s: %s %s", r->target->label,
		    event == COPY_SENT ? "sent" : "unchanged", text);
}

static size_t
run_allow(void *arg, size_t n)
{
	struct run *r = arg;

	return rate_take(r->t->rate, n, clock_now());
}

static void
run_moved(void *arg, uint64_t n)
{
	struct run *r = arg;

	r->awaited -= (int64_t)n;
	if (r->t->moved)
		r->t->moved(r->t->arg, n);
}

static void
run_expected(void *arg, int64_t n)
{
	struct run *r = arg;

	r->awaited += n;
	if (r->t->expected)
		r->t->expected(r->t->arg, n);
}

static ssize_t
run_input(void *arg, char *bytes, size_t n)
{
	struct run *r = arg;

	return input_read(r->t->input, &r->reader, bytes, n);
}

static void
fill_values(struct placeholder_values *v, const struct target *t)
{
	*v = (struct placeholder_values){.host = t->settings->host,
	    .user = t->settings->user,
	    .port = t->settings->port,
	    .number = t->index};
}

static void
free_texts(char **texts, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		mem_free(texts[i]);
	mem_free(texts);
}

/* The sources of this host alone. */
static struct sources *
own_sources(struct run *r, struct fault *f)
{
	const struct transfer *t = r->t;
	char **paths = mem_alloc(t->n, sizeof(*paths));
	struct placeholder_values values;
	struct sources *s;
	size_t i;

	fill_values(&values, r->target);
	for (i = 0; i < t->n; i++) {
		struct buf path;

		buf_init(&path, TRANSFER_PATH_MAX);
		placeholder_expand(&path, t->sources[i], &values);
		paths[i] = buf_steal(&path);
	}
	s = sources_new((const char *const *)paths, t->n, t->how.recursive, f);
	free_texts(paths, t->n);
	if (s)
		run_expected(r, (int64_t)s->bytes);
	return s;
}

static int
run_put(struct run *r, struct fault *f)
{
	const struct target *t = r->target;
	struct copy copy = {.how = &r->how,
	    .stream = r->t->input ? &r->input : NULL,
	    .counts = r->counts};
	struct sources *own = NULL;
	struct connection *c;
	int ret = -1;

	if (!r->t->shared) {
		own = own_sources(r, f);
		if (!own)
			return -1;
	}
	c = connect_target(t, f);
	copy.c = c;
	if (c)
		ret =
		    copy_put(&copy, own ? own : r->t->shared, r->t->target, f);
	connection_close(c);
	sources_free(own);
	return ret;
}

static size_t
run_room(void *arg, enum channel_stream stream)
{
	struct run *r = arg;

	(void)stream;
	return r->t->sink->ops->room(
	    r->t->sink, r->target->index, WRITER_STDOUT, r->target->wait->wake);
}

static void
run_output(void *arg, enum channel_stream stream, const char *bytes, size_t n)
{
	struct run *r = arg;

	(void)stream;
	r->t->sink->ops->output(
	    r->t->sink, r->target->index, WRITER_STDOUT, bytes, n);
}

char *
transfer_target(const struct transfer *t, const char *label,
    const struct settings *settings, size_t number)
{
	struct placeholder_values values = {.host = settings->host,
	    .user = settings->user,
	    .port = settings->port,
	    .number = number};
	struct buf path;

	if (t->several && !placeholder_in(t->target) && !t->to_output)
		return mem_printf("%s%s%s/", t->target,
		    t->target[strlen(t->target) - 1] == '/' ? "" : "/", label);
	buf_init(&path, TRANSFER_PATH_MAX);
	placeholder_expand(&path, t->target, &values);
	return buf_steal(&path);
}

/* The directory that holds one for each host. */
static int
make_common(const struct run *r, struct fault *f)
{
	const struct transfer *t = r->t;

	if (!t->several || t->to_output || placeholder_in(t->target))
		return 0;
	if (mkdir(t->target, 0777) && errno != EEXIST)
		return fault_set(f, FAULT_COPY, errno, "%s", t->target);
	return 0;
}

static int
run_get(struct run *r, struct fault *f)
{
	const struct target *t = r->target;
	struct exec_io output = {
	    .arg = r, .room = run_room, .output = run_output};
	struct copy copy = {.how = &r->how,
	    .stream = r->t->to_output ? &output : NULL,
	    .counts = r->counts};
	struct connection *c = connect_target(t, f);
	char *path = transfer_target(r->t, t->label, t->settings, t->index);
	int ret = -1;

	copy.c = c;
	if (c && !make_common(r, f))
		ret = copy_get(&copy, r->t->sources, r->t->n, path, f);
	connection_close(c);
	mem_free(path);
	return ret;
}

static void
fill_outcome(const struct run *r, struct outcome *o)
{
	const struct copy_counts *n = r->counts;

	if (!n->failed)
		return;
	/* what is in a directory that failed is counted, and not told */
	if (n->failed > 1 && !r->told && r->first.len)
		diag_error("%s: %s", r->target->label, buf_str(&r->first));
	o->class = FAULT_COPY;
	o->status = status_of_class(FAULT_COPY);
	if (n->failed == 1)
		snprintf(o->text, sizeof(o->text), "%s", buf_str(&r->first));
	else
		snprintf(o->text, sizeof(o->text),
		    "%zu of %zu files were not copied", n->failed,
		    n->failed + n->sent + n->unchanged);
}

void
transfer_run(const struct transfer *t, const struct target *target,
    struct outcome *outcome)
{
	struct run r = {.t = t,
	    .target = target,
	    .counts = &t->results[target->index].counts,
	    .how = t->how,
	    .reader = {.wake = target->wait->wake, .label = target->label}};
	struct fault f = {0};
	int64_t started = clock_now();

	r.watch = (struct copy_watch){.arg = &r,
	    .file = run_file,
	    .allow = run_allow,
	    .moved = run_moved,
	    .expected = run_expected};
	r.input =
	    (struct exec_io){.arg = &r, .input = run_input, .input_fd = -1};
	r.how.watch = &r.watch;
	buf_init(&r.first, COPY_TEXT);
	/* these were said to come, for all hosts */
	r.awaited = t->shared ? (int64_t)t->shared->bytes : 0;
	if (t->input)
		input_join(t->input, &r.reader);
	*outcome = (struct outcome){0};
	if (t->get ? run_get(&r, &f) : run_put(&r, &f)) {
		outcome->class = f.class;
		outcome->status = status_of_class(f.class);
		memcpy(outcome->text, f.text, sizeof(f.text));
	} else {
		fill_outcome(&r, outcome);
	}
	/* of what has failed, nothing will come */
	if (r.awaited > 0)
		run_expected(&r, -r.awaited);
	if (t->input)
		input_leave(t->input, &r.reader);
	buf_release(&r.first);
	outcome->elapsed = clock_now() - started;
}
