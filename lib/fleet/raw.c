#include "base/mem.h"
#include "fleet/sink.h"

struct raw {
	struct sink sink;
	struct writer *writer;
};

static size_t
raw_room(
    struct sink *s, size_t host, enum writer_stream stream, struct wake *wake)
{
	(void)host;
	return writer_room(((struct raw *)s)->writer, stream, wake);
}

static void
raw_leave(struct sink *s, const struct wake *wake)
{
	writer_leave(((struct raw *)s)->writer, wake);
}

static void
raw_output(struct sink *s, size_t host, enum writer_stream stream,
    const char *bytes, size_t n)
{
	(void)host;
	writer_put(((struct raw *)s)->writer, stream, bytes, n);
}

static bool
raw_idle(struct sink *s, struct wake *wake)
{
	struct writer *w = ((struct raw *)s)->writer;

	return writer_idle(w, WRITER_STDOUT, wake) &&
	    writer_idle(w, WRITER_STDERR, wake);
}

static void
raw_again(struct sink *s, size_t host)
{
	(void)s;
	(void)host;
}

static void
raw_end(
    struct sink *s, const struct target *target, const struct outcome *outcome)
{
	(void)s;
	(void)target;
	(void)outcome;
}

static int
raw_finish(struct sink *s, const struct wait *wait)
{
	(void)s;
	(void)wait;
	return 0;
}

static void
raw_free(struct sink *s)
{
	mem_free(s);
}

struct sink *
sink_raw(struct writer *w)
{
	static const struct sink_ops ops = {.room = raw_room,
	    .leave = raw_leave,
	    .output = raw_output,
	    .idle = raw_idle,
	    .again = raw_again,
	    .end = raw_end,
	    .finish = raw_finish,
	    .free = raw_free};
	struct raw *r = mem_alloc(1, sizeof(*r));

	r->sink.ops = &ops;
	r->writer = w;
	return &r->sink;
}
