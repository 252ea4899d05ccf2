/*
 * Many hosts: a queue, threads that take hosts from it, and what comes of
 * each.
 */
#ifndef FLEET_RUNNER_H
#define FLEET_RUNNER_H

#include "fleet/sink.h"
#include "fleet/target.h"
#include "hosts/list.h"
#include "hosts/sshconfig.h"

struct runner {
	/* Does on one host what is to be done there, and fills *outcome (but
	 * for its text's frame); called by several threads at once. */
	void (*run)(
	    void *arg, const struct target *target, struct outcome *outcome);
	void *run_arg;
	const struct access *access;
	const struct host_list *hosts;
	const struct sshconfig *config;
	struct sink *sink; /* or NULL */
	const char *const *labels; /* one a host */
	size_t jobs; /* at a time; 0: all */
	size_t max_fail; /* start no more after so many; 0: all */
	int64_t wait_time; /* --wait, for the targets */
	struct cancel *cancel;
	struct wake *wake; /* the caller's, notified by signals */
	/* Called as each host starts and ends, by the thread that runs it, one
	 * at a time; those that are not started end as well.  May be NULL. */
	void (*started)(void *arg, const struct target *target);
	void (*ended)(void *arg, const struct target *target,
	    const struct outcome *outcome);
	void *arg;
};

/* Calls run for all hosts and returns when the last has ended: the largest
 * of their exit statuses; or -1 with FAULT_SYSTEM.  A signal that makes
 * wake readable is passed on to all threads once cancel says so. */
int runner_run(const struct runner *r, struct fault *f);

#endif
