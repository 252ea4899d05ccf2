/*
 * What the sinks that tell late are made of: the output of each host, kept
 * until then.
 */
#ifndef FLEET_KEPT_H
#define FLEET_KEPT_H

#include <pthread.h>

#include "fleet/sink.h"
#include "fleet/spill.h"

struct kept {
	struct sink sink; /* first: it is the sink */
	struct writer *writer;
	struct sink_hosts hosts;
	struct spill *spill;
	struct spill_text (*texts)[WRITER_STREAMS]; /* one pair a host */
	pthread_mutex_t lock; /* of the error */
	int error; /* errno of what could not be kept or written first, or 0 */
};

void kept_init(struct kept *k, const struct sink_ops *ops, struct writer *w,
    const struct sink_hosts *hosts);
void kept_release(struct kept *k);

/* Remembers an errno unless it is 0, or not the first. */
void kept_note_error(struct kept *k, int error);

/* Functions of a sink.  There is always room: a host that runs waits for no
 * other's line, for it has a connection to keep, a time limit, and has to hear
 * that we are asked to stop. */
size_t kept_room(
    struct sink *s, size_t host, enum writer_stream stream, struct wake *wake);
void kept_leave(struct sink *s, const struct wake *wake);
void kept_output(struct sink *s, size_t host, enum writer_stream stream,
    const char *bytes, size_t n);
bool kept_idle(struct sink *s, struct wake *wake);
/* What was kept of the host is forgotten. */
void kept_again(struct sink *s, size_t host);

#endif
