#include "base/mem.h"
#include "fleet/lines.h"
#include "fleet/sink.h"

struct prefix_host {
	char *prefix;
	struct lines lines[WRITER_STREAMS];
};

struct prefix {
	struct sink sink;
	struct writer *writer;
	size_t n;
	struct prefix_host hosts[];
};

enum { PREFIX_OUT_MAX = 64 * 1024 * 1024 };

static size_t
prefix_room(
    struct sink *s, size_t host, enum writer_stream stream, struct wake *wake)
{
	(void)host;
	return writer_room(((struct prefix *)s)->writer, stream, wake);
}

static void
prefix_leave(struct sink *s, const struct wake *wake)
{
	writer_leave(((struct prefix *)s)->writer, wake);
}

static void
prefix_output(struct sink *s, size_t host, enum writer_stream stream,
    const char *bytes, size_t n)
{
	struct prefix *p = (struct prefix *)s;
	struct prefix_host *h = &p->hosts[host];
	struct buf out;

	buf_init(&out, PREFIX_OUT_MAX);
	lines_feed(&h->lines[stream], h->prefix, bytes, n, &out);
	if (out.len)
		writer_put(p->writer, stream, out.data, out.len);
	buf_release(&out);
}

static bool
prefix_idle(struct sink *s, struct wake *wake)
{
	struct writer *w = ((struct prefix *)s)->writer;

	return writer_idle(w, WRITER_STDOUT, wake) &&
	    writer_idle(w, WRITER_STDERR, wake);
}

static void
prefix_again(struct sink *s, size_t host)
{
	struct prefix *p = (struct prefix *)s;
	struct prefix_host *h = &p->hosts[host];
	int i;

	for (i = 0; i < WRITER_STREAMS; i++) {
		struct buf out;

		buf_init(&out, PREFIX_OUT_MAX);
		lines_end(&h->lines[i], h->prefix, &out);
		if (out.len)
			writer_put(p->writer, (enum writer_stream)i, out.data,
			    out.len);
		buf_release(&out);
		lines_release(&h->lines[i]);
	}
}

static void
prefix_end(
    struct sink *s, const struct target *target, const struct outcome *outcome)
{
	(void)outcome;
	prefix_again(s, target->index);
}

static int
prefix_finish(struct sink *s, const struct wait *wait)
{
	(void)s;
	(void)wait;
	return 0;
}

static void
prefix_free(struct sink *s)
{
	struct prefix *p = (struct prefix *)s;
	size_t i;

	for (i = 0; i < p->n; i++) {
		mem_free(p->hosts[i].prefix);
		lines_release(&p->hosts[i].lines[WRITER_STDOUT]);
		lines_release(&p->hosts[i].lines[WRITER_STDERR]);
	}
	mem_free(p);
}

struct sink *
sink_prefix(struct writer *w, const struct sink_hosts *hosts)
{
	static const struct sink_ops ops = {.room = prefix_room,
	    .leave = prefix_leave,
	    .output = prefix_output,
	    .idle = prefix_idle,
	    .again = prefix_again,
	    .end = prefix_end,
	    .finish = prefix_finish,
	    .free = prefix_free};
	size_t n = hosts->n, i;
	struct prefix *p = mem_alloc(1, sizeof(*p) + n * sizeof(p->hosts[0]));

	p->sink.ops = &ops;
	p->writer = w;
	p->n = n;
	for (i = 0; i < n; i++) {
		p->hosts[i].prefix = mem_printf("%s: ", hosts->labels[i]);
		lines_init(&p->hosts[i].lines[WRITER_STDOUT]);
		lines_init(&p->hosts[i].lines[WRITER_STDERR]);
	}
	return &p->sink;
}
