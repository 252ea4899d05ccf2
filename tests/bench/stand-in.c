/*
 * What the sinks take: a number of threads, each in the place of a host, hand
 * over output as fast as there is room for it.  To standard output; figures
 * to standard error.
 *
 *	stand-in HOSTS MEGABYTES
 */
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fleet/sink.h"

enum { CHUNK = 32 * 1024, LINE = 80 };

struct source {
	pthread_t thread;
	struct sink *sink;
	size_t index, bytes;
};

static void
ignore(void *arg)
{
	(void)arg;
}

static void
fill(char *chunk, size_t host)
{
	size_t i;

	memset(chunk, 'a' + (int)(host % 26), CHUNK);
	for (i = LINE - 1; i < CHUNK; i += LINE)
		chunk[i] = '\n';
}

static void *
host_main(void *arg)
{
	struct source *h = arg;
	struct target target = {.index = h->index};
	struct outcome o = {0};
	struct wake wake;
	char chunk[CHUNK];

	if (wake_open(&wake))
		exit(1);
	fill(chunk, h->index);
	while (h->bytes) {
		size_t room =
		    h->sink->ops->room(h->sink, h->index, WRITER_STDOUT, &wake);
		size_t n = room < CHUNK ? room : CHUNK;
		struct pollfd p = {.fd = wake.read_fd, .events = POLLIN};

		n = n < h->bytes ? n : h->bytes;
		if (!n) {
			poll(&p, 1, -1);
			wake_drain(&wake);
			continue;
		}
		h->sink->ops->output(
		    h->sink, h->index, WRITER_STDOUT, chunk, n - n % LINE);
		h->bytes -= n;
	}
	h->sink->ops->end(h->sink, &target, &o);
	h->sink->ops->leave(h->sink, &wake);
	wake_close(&wake);
	return NULL;
}

int
main(int argc, char **argv)
{
	size_t n = argc > 2 ? (size_t)atol(argv[1]) : 1, i;
	size_t bytes = argc > 2 ? (size_t)atol(argv[2]) * 1000000 : 1000000;
	struct source *hosts = calloc(n, sizeof(*hosts));
	char(*labels)[32] = calloc(n, sizeof(*labels));
	const char **names = calloc(n, sizeof(*names));
	struct sink_hosts about = {.labels = names, .n = n};
	struct fault f = {0};
	struct writer *w = writer_start(ignore, NULL, &f);
	int64_t begin = clock_now(), took;
	struct sink *sink;

	for (i = 0; i < n; i++) {
		snprintf(labels[i], sizeof(labels[i]), "web%zu", i + 1);
		names[i] = labels[i];
	}
	sink = sink_prefix(w, &about);
	for (i = 0; i < n; i++) {
		hosts[i] =
		    (struct source){.sink = sink, .index = i, .bytes = bytes};
		pthread_create(&hosts[i].thread, NULL, host_main, &hosts[i]);
	}
	for (i = 0; i < n; i++)
		pthread_join(hosts[i].thread, NULL);
	if (writer_stop(w, false))
		return 1;
	took = clock_now() - begin;
	fprintf(stderr, "%.0f MB/s\n",
	    (double)(n * bytes) / 1000 / (double)(took ? took : 1));
	sink->ops->free(sink);
	free(hosts);
	free(labels);
	free(names);
	return 0;
}
