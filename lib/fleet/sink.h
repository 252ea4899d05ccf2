/*
 * Where the output of hosts goes.  A sink knows nothing of SSH; each of its
 * functions is called by the thread that runs the host, several at once.
 */
#ifndef FLEET_SINK_H
#define FLEET_SINK_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/wake.h"
#include "fleet/target.h"
#include "fleet/writer.h"
#include "hosts/list.h"

/* What became of one host. */
struct outcome {
	enum fault_class class; /* FAULT_NONE: the command ended by itself */
	bool not_started; /* it was not that host's turn before the end */
	bool left; /* it was stopped, but something may still run */
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
	/* Whether what was taken has been written, as far as it is written at
	 * once; if not, wake is notified as that goes on. */
	bool (*idle)(struct sink *s, struct wake *wake);
	/* The host runs its command once more. */
	void (*again)(struct sink *s, size_t host);
	/* The host has ended: what is held of it goes out, unless that has to
	 * wait for the others.  The target's settings may be missing. */
	void (*end)(struct sink *s, const struct target *target,
	    const struct outcome *outcome);
	/* All have ended: the rest goes out.  errno of what could not be kept
	 * or written, or 0. */
	int (*finish)(struct sink *s, const struct wait *wait);
	void (*free)(struct sink *s);
};

struct sink {
	const struct sink_ops *ops;
};

/* What a sink is about; all borrowed. */
struct sink_hosts {
	const struct host_list *list;
	const char *const *labels; /* one a host */
	size_t n;
};

/* Bytes as they come, unchanged. */
struct sink *sink_raw(struct writer *w);

/* Whole lines behind "label: ", a last newline added where it is missing.
 * Longer lines than 1 MiB are cut into lines. */
struct sink *sink_prefix(struct writer *w, const struct sink_hosts *hosts);

/* At the end, identical outputs once, below the folded list of their hosts.
 * NULL with FAULT_SYSTEM, as those that follow. */
struct sink *sink_group(
    struct writer *w, const struct sink_hosts *hosts, struct fault *f);

/* One JSON object a line, as each host ends. */
struct sink *sink_json(
    struct writer *w, const struct sink_hosts *hosts, struct fault *f);

/* The same with what more(arg, host, …) appends, `,"name":value`, in the place
 * of the output. */
struct sink *sink_json_more(struct writer *w, const struct sink_hosts *hosts,
    void (*more)(void *arg, size_t host, struct buf *to), void *arg);

/* Files LABEL.out and LABEL.err in a directory, which is made. */
struct sink *sink_files(
    const char *directory, const struct sink_hosts *hosts, struct fault *f);

#endif
