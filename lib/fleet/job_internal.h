/*
 * One run of a job on one host, as the files of job see it.
 */
#ifndef FLEET_JOB_INTERNAL_H
#define FLEET_JOB_INTERNAL_H

#include "fleet/job.h"
#include "hosts/words.h"

enum {
	JOB_LINE_MAX = 1024 * 1024, /* bytes of the line */
	JOB_DIRECT_MAX = 32000, /* that fit into one request of the library */
};

struct run {
	const struct job *job;
	const struct target *target;
	struct sink *sink;
	struct connection *c;
	struct reached reached[REACH_SERVERS];
	size_t n_reached;
	struct words env;
	char *scratch, *program; /* of -s, on the host */
	struct sudo sudo;
	struct input_reader reader;
	bool raw; /* our terminal is the command's */
};

/* Fills env: what the command sees of its host and of the httpd-scopes, and
 * the variables of -e. */
void job_make_env(struct run *r);

/* Appends the line for the login shell.  -1 with FAULT_USAGE where it is too
 * long. */
int job_build_line(struct run *r, struct buf *line, struct fault *f);

/* Where the line is too long for a request, moves it to preamble, and leaves
 * one that reads it from there. */
void job_split_line(
    const struct job *job, struct buf *line, struct buf *preamble);

/* Gets the run back to where nothing of an attempt is left but, perhaps, the
 * connection and what is reached over it. */
void job_forget_attempt(struct run *r);

/* Tells of a command that has ended. */
void job_fill_outcome(const struct exec_result *result, struct outcome *o);

#endif
