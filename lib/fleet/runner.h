/*
 * Many hosts: a queue, threads that take hosts from it, and what comes of
 * each.
 */
#ifndef FLEET_RUNNER_H
#define FLEET_RUNNER_H

#include "fleet/job.h"
#include "hosts/list.h"
#include "hosts/sshconfig.h"

struct runner {
	const struct job *job;
	const struct host_list *hosts;
	const struct sshconfig *config;
	struct sink *sink;
	const char *const *labels; /* one a host */
	size_t jobs; /* at a time; 0: all */
	size_t max_fail; /* start no more after so many; 0: all */
	struct cancel *cancel;
	struct wake *wake; /* the caller's, notified by signals */
	/* Called as each host ends, by the thread that ran it; one at a
	 * time. */
	void (*ended)(void *arg, size_t host, const struct outcome *outcome);
	void *arg;
};

/* Runs the job on all hosts and returns when the last has ended: the largest
 * of their exit statuses; or -1 with FAULT_SYSTEM.  A signal that makes
 * wake readable is passed on to all threads once cancel says so. */
int runner_run(const struct runner *r, struct fault *f);

#endif
