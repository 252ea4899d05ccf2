/*
 * Identical outputs once, as `clush -b` and `dshbak -c` print them: at the
 * end, for only then it is known which are.  Each stream has its own groups.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"
#include "fleet/deliver.h"
#include "fleet/sink.h"
#include "fleet/spill.h"
#include "hosts/fold.h"

enum { GROUP_HEAD_MAX = 16 << 20 };

struct group_host {
	struct spill_text texts[WRITER_STREAMS];
	char last[WRITER_STREAMS]; /* byte */
};

struct group {
	struct sink sink;
	struct writer *writer;
	struct sink_hosts hosts;
	struct spill *spill;
	pthread_mutex_t lock;
	int error;
	struct group_host *outputs;
};

static size_t
group_room(
    struct sink *s, size_t host, enum writer_stream stream, struct wake *wake)
{
	(void)s;
	(void)host;
	(void)stream;
	(void)wake;
	return SPILL_PIECE;
}

static void
group_leave(struct sink *s, const struct wake *wake)
{
	(void)s;
	(void)wake;
}

static void
group_output(struct sink *s, size_t host, enum writer_stream stream,
    const char *bytes, size_t n)
{
	struct group *g = (struct group *)s;
	struct group_host *h = &g->outputs[host];
	int error = spill_append(g->spill, &h->texts[stream], bytes, n);

	if (n)
		h->last[stream] = bytes[n - 1];
	pthread_mutex_lock(&g->lock);
	if (error && !g->error)
		g->error = error;
	pthread_mutex_unlock(&g->lock);
}

static bool
group_idle(struct sink *s, struct wake *wake)
{
	(void)s;
	(void)wake;
	return true;
}

static void
group_again(struct sink *s, size_t host)
{
	struct group *g = (struct group *)s;

	spill_drop(g->spill, &g->outputs[host].texts[WRITER_STDOUT]);
	spill_drop(g->spill, &g->outputs[host].texts[WRITER_STDERR]);
}

static void
group_end(
    struct sink *s, const struct target *target, const struct outcome *outcome)
{
	(void)s;
	(void)target;
	(void)outcome;
}

/* A host's output of a stream, and a number that equal ones have alike. */
struct member {
	const struct spill_text *text;
	uint64_t hash;
	size_t host;
	bool done;
};

static int
compare_members(const void *one, const void *other)
{
	const struct member *a = one, *b = other;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return a->host < b->host ? -1 : a->host > b->host;
}

/* Groups: next[h] is the following host of h's group; first[h] says that h
 * begins one. */
struct grouping {
	size_t *next;
	bool *first;
};

/* The hosts that have output, those with equal numbers beside each other, and
 * each number's first host first. */
static size_t
sort_members(struct group *g, enum writer_stream stream, struct member *m)
{
	size_t n = 0, i;

	for (i = 0; i < g->hosts.n; i++) {
		const struct spill_text *text = &g->outputs[i].texts[stream];

		if (!spill_empty(text))
			m[n++] = (struct member){
			    .text = text, .hash = spill_hash(text), .host = i};
	}
	qsort(m, n, sizeof(*m), compare_members);
	return n;
}

static void
find_groups(struct group *g, enum writer_stream stream, struct grouping *to)
{
	struct member *m = mem_alloc(g->hosts.n, sizeof(*m));
	size_t n = sort_members(g, stream, m), i, k;

	for (i = 0; i < n; i++) {
		size_t last = m[i].host;

		to->first[last] = !m[i].done;
		for (k = i + 1; !m[i].done && k < n; k++) {
			if (m[k].hash != m[i].hash)
				break;
			if (m[k].done ||
			    !spill_same(g->spill, m[i].text, m[k].text))
				continue;
			m[k].done = true;
			to->next[last] = m[k].host;
			last = m[k].host;
		}
	}
	mem_free(m);
}

static void
put_head(const struct group *g, const struct grouping *in, size_t host,
    struct buf *to)
{
	static const char rule[] = "---------------\n";
	struct fold *names = fold_new();
	size_t count = 0, i;

	for (i = host; i < g->hosts.n; i = in->next[i], count++) {
		struct host h = host_list_label(g->hosts.list, i);

		fold_add(names, &h);
	}
	buf_puts(to, rule);
	fold_print(names, to);
	if (count > 1)
		buf_printf(to, " (%zu)", count);
	buf_putc(to, '\n');
	buf_puts(to, rule);
	fold_free(names);
}

struct printing {
	struct group *g;
	const struct wait *wait;
	enum writer_stream stream;
};

static int
put_piece(void *arg, const char *bytes, size_t n)
{
	struct printing *p = arg;

	return deliver(p->g->writer, p->stream, p->wait, bytes, n);
}

static int
put_group(struct printing *p, const struct grouping *in, size_t host)
{
	const struct group_host *h = &p->g->outputs[host];
	struct buf head;
	int ret;

	buf_init(&head, GROUP_HEAD_MAX);
	put_head(p->g, in, host, &head);
	ret = put_piece(p, head.data, head.len);
	buf_release(&head);
	if (!ret)
		ret =
		    spill_read(p->g->spill, &h->texts[p->stream], put_piece, p);
	if (!ret && h->last[p->stream] != '\n')
		ret = put_piece(p, "\n", 1);
	return ret;
}

static int
print_stream(struct printing *p)
{
	size_t n = p->g->hosts.n, i;
	struct grouping groups = {.next = mem_alloc(n, sizeof(*groups.next)),
	    .first = mem_alloc(n, sizeof(*groups.first))};
	int ret = 0;

	for (i = 0; i < n; i++)
		groups.next[i] = n;
	find_groups(p->g, p->stream, &groups);
	for (i = 0; i < n && !ret; i++) {
		if (groups.first[i])
			ret = put_group(p, &groups, i);
	}
	mem_free(groups.next);
	mem_free(groups.first);
	return ret;
}

static int
group_finish(struct sink *s, const struct wait *wait)
{
	struct group *g = (struct group *)s;
	struct printing p = {.g = g, .wait = wait, .stream = WRITER_STDERR};
	int ret = print_stream(&p);

	p.stream = WRITER_STDOUT;
	if (!ret)
		ret = print_stream(&p);
	if (ret > 0 && !g->error)
		g->error = ret;
	return g->error;
}

static void
group_free(struct sink *s)
{
	struct group *g = (struct group *)s;
	size_t i;

	for (i = 0; i < g->hosts.n; i++)
		group_again(s, i);
	spill_free(g->spill);
	pthread_mutex_destroy(&g->lock);
	mem_free(g->outputs);
	mem_free(g);
}

struct sink *
sink_group(struct writer *w, const struct sink_hosts *hosts, struct fault *f)
{
	static const struct sink_ops ops = {.room = group_room,
	    .leave = group_leave,
	    .output = group_output,
	    .idle = group_idle,
	    .again = group_again,
	    .end = group_end,
	    .finish = group_finish,
	    .free = group_free};
	struct group *g = mem_alloc(1, sizeof(*g));
	size_t i;

	(void)f;
	g->sink.ops = &ops;
	g->writer = w;
	g->hosts = *hosts;
	g->spill = spill_new();
	pthread_mutex_init(&g->lock, NULL);
	g->outputs = mem_alloc(hosts->n, sizeof(*g->outputs));
	for (i = 0; i < hosts->n; i++) {
		spill_text_init(&g->outputs[i].texts[WRITER_STDOUT]);
		spill_text_init(&g->outputs[i].texts[WRITER_STDERR]);
	}
	return &g->sink;
}
