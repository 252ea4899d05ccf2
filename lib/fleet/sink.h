/*
 * Where the output of hosts goes.  A sink knows nothing of SSH; each of its
 * functions is called by the thread that runs the host, several at once.
 */
#ifndef FLEET_SINK_H
#define FLEET_SINK_H

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/wake.h"
#include "fleet/writer.h"

/* What became of one host. */
struct outcome {
	enum fault_class class; /* FAULT_NONE: the command ended by itself */
	int exit; /* its exit status, where signal is empty */
	char signal[32]; /* the signal that ended it, without SIG */
	char text[1000]; /* what to say about it, "" for success */
	int64_t elapsed; /* milliseconds */
	int status; /* the exit status that it stands for */
};

struct sink;

struct sink_ops {
	/* How many bytes can be taken; 0: wake is notified later. */
	size_t (*room)(struct sink *s, size_t host, enum writer_stream stream,
	    struct wake *wake);
	/* The wake-up is about to go: it is not notified any more. */
	void (*leave)(struct sink *s, const struct wake *wake);
	void (*output)(struct sink *s, size_t host, enum writer_stream stream,
	    const char *bytes, size_t n);
	/* The host has ended: what is held of it goes out. */
	void (*end)(struct sink *s, size_t host, const struct outcome *outcome);
	void (*free)(struct sink *s);
};

struct sink {
	const struct sink_ops *ops;
};

/* Bytes as they come, unchanged. */
struct sink *sink_raw(struct writer *w);

/* Whole lines behind "label: ", a last newline added where it is missing.
 * Longer lines than 1 MiB are cut into lines.  labels (n) are borrowed. */
struct sink *sink_prefix(struct writer *w, const char *const *labels, size_t n);

#endif
