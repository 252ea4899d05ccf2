/*
 * Identical outputs once, as `clush -b` and `dshbak -c` print them: at the
 * end, for only then it is known which are.  Each stream has its own groups.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "fleet/deliver.h"
#include "fleet/kept.h"
#include "hosts/fold.h"

enum { GROUP_HEAD_MAX = 16 << 20 };

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
sort_members(struct kept *k, enum writer_stream stream, struct member *m)
{
	size_t n = 0, i;

	for (i = 0; i < k->hosts.n; i++) {
		const struct spill_text *text = &k->texts[i][stream];

		if (!spill_empty(text))
			m[n++] = (struct member){
			    .text = text, .hash = spill_hash(text), .host = i};
	}
	qsort(m, n, sizeof(*m), compare_members);
	return n;
}

static void
find_groups(struct kept *kept, enum writer_stream stream, struct grouping *to)
{
	struct member *m = mem_alloc(kept->hosts.n, sizeof(*m));
	size_t n = sort_members(kept, stream, m), i, k;

	for (i = 0; i < n; i++) {
		size_t last = m[i].host;

		to->first[last] = !m[i].done;
		for (k = i + 1; !m[i].done && k < n; k++) {
			if (m[k].hash != m[i].hash)
				break;
			if (m[k].done ||
			    !spill_same(kept->spill, m[i].text, m[k].text))
				continue;
			m[k].done = true;
			to->next[last] = m[k].host;
			last = m[k].host;
		}
	}
	mem_free(m);
}

static void
put_head(const struct kept *k, const struct grouping *in, size_t host,
    struct buf *to)
{
	static const char rule[] = "---------------\n";
	struct fold *names = fold_new();
	size_t count = 0, i;

	for (i = host; i < k->hosts.n; i = in->next[i], count++) {
		struct host h = host_list_label(k->hosts.list, i);

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
	struct kept *kept;
	const struct wait *wait;
	enum writer_stream stream;
	char last; /* byte that went out */
};

static int
put_piece(void *arg, const char *bytes, size_t n)
{
	struct printing *p = arg;

	if (n)
		p->last = bytes[n - 1];
	return deliver(p->kept->writer, p->stream, p->wait, bytes, n);
}

static int
put_group(struct printing *p, const struct grouping *in, size_t host)
{
	struct buf head;
	int ret;

	buf_init(&head, GROUP_HEAD_MAX);
	put_head(p->kept, in, host, &head);
	ret = put_piece(p, head.data, head.len);
	buf_release(&head);
	if (!ret)
		ret = spill_read(p->kept->spill,
		    &p->kept->texts[host][p->stream], put_piece, p);
	if (!ret && p->last != '\n')
		ret = put_piece(p, "\n", 1);
	return ret;
}

static int
print_stream(struct printing *p)
{
	size_t n = p->kept->hosts.n, i;
	struct grouping groups = {.next = mem_alloc(n, sizeof(*groups.next)),
	    .first = mem_alloc(n, sizeof(*groups.first))};
	int ret = 0;

	for (i = 0; i < n; i++)
		groups.next[i] = n;
	find_groups(p->kept, p->stream, &groups);
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
	struct kept *k = (struct kept *)s;
	struct printing p = {.kept = k, .wait = wait, .stream = WRITER_STDERR};
	int ret = print_stream(&p);

	p.stream = WRITER_STDOUT;
	if (!ret)
		ret = print_stream(&p);
	if (ret > 0)
		kept_note_error(k, ret);
	return k->error;
}

static void
group_free(struct sink *s)
{
	kept_release((struct kept *)s);
	mem_free(s);
}

struct sink *
sink_group(struct writer *w, const struct sink_hosts *hosts, struct fault *f)
{
	static const struct sink_ops ops = {.room = kept_room,
	    .leave = kept_leave,
	    .output = kept_output,
	    .idle = kept_idle,
	    .again = kept_again,
	    .end = group_end,
	    .finish = group_finish,
	    .free = group_free};
	struct kept *k = mem_alloc(1, sizeof(*k));

	(void)f;
	kept_init(k, &ops, w, hosts);
	return &k->sink;
}
