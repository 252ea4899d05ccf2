#include "fleet/kept.h"

#include "base/mem.h"

void
kept_init(struct kept *k, const struct sink_ops *ops, struct writer *w,
    const struct sink_hosts *hosts)
{
	size_t i;

	*k = (struct kept){.sink = {.ops = ops},
	    .writer = w,
	    .hosts = *hosts,
	    .spill = spill_new(),
	    .texts = mem_alloc(hosts->n, sizeof(*k->texts))};
	pthread_mutex_init(&k->lock, NULL);
	for (i = 0; i < hosts->n; i++) {
		spill_text_init(&k->texts[i][WRITER_STDOUT]);
		spill_text_init(&k->texts[i][WRITER_STDERR]);
	}
}

void
kept_release(struct kept *k)
{
	size_t i;

	for (i = 0; i < k->hosts.n; i++)
		kept_again(&k->sink, i);
	spill_free(k->spill);
	pthread_mutex_destroy(&k->lock);
	mem_free(k->texts);
}

void
kept_note_error(struct kept *k, int error)
{
	pthread_mutex_lock(&k->lock);
	if (!k->error)
		k->error = error;
	pthread_mutex_unlock(&k->lock);
}

size_t
kept_room(
    struct sink *s, size_t host, enum writer_stream stream, struct wake *wake)
{
	(void)s;
	(void)host;
	(void)stream;
	(void)wake;
	return SPILL_PIECE;
}

void
kept_leave(struct sink *s, const struct wake *wake)
{
	writer_leave(((struct kept *)s)->writer, wake);
}

void
kept_output(struct sink *s, size_t host, enum writer_stream stream,
    const char *bytes, size_t n)
{
	struct kept *k = (struct kept *)s;

	kept_note_error(
	    k, spill_append(k->spill, &k->texts[host][stream], bytes, n));
}

bool
kept_idle(struct sink *s, struct wake *wake)
{
	(void)s;
	(void)wake;
	return true;
}

void
kept_again(struct sink *s, size_t host)
{
	struct kept *k = (struct kept *)s;

	spill_drop(k->spill, &k->texts[host][WRITER_STDOUT]);
	spill_drop(k->spill, &k->texts[host][WRITER_STDERR]);
}
