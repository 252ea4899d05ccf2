/*
 * What is asked of a session's channel: a terminal, an agent, what is to run.
 */
#include <string.h>

#include "ssh/channel_internal.h"

struct start_request {
	struct channel *c;
	const char *request, *text;
	bool closed; /* instead of an answer */
};

static int
start_step(void *arg)
{
	struct start_request *s = arg;
	int rc = libssh2_channel_process_startup(s->c->raw, s->request,
	    (unsigned int)strlen(s->request), s->text,
	    (unsigned int)strlen(s->text));

	/* the library would go on to wait for the answer */
	s->closed = transport_again(rc) && libssh2_channel_eof(s->c->raw) == 1;
	return s->closed ? LIBSSH2_ERROR_CHANNEL_CLOSED : rc;
}

static const char *
why_not_started(const struct start_request *s)
{
	return s->closed ? "it closes the channel" : transport_error(s->c->t);
}

static int
start_process(
    struct start_request *s, const struct deadline *d, struct fault *f)
{
	int64_t began = clock_now();
	int rc = transport_run(s->c->t, start_step, s, d, f);

	channel_measure(s->c, began);
	return rc;
}

int
channel_exec(struct channel *c, const char *command, const struct deadline *d,
    struct fault *f)
{
	struct start_request s = {.c = c, .request = "exec", .text = command};
	int rc = start_process(&s, d, f);

	if (rc && f->class == FAULT_NONE)
		return fault_set(f, FAULT_CONNECT, 0,
		    "the server starts no command: %s", why_not_started(&s));
	return rc ? -1 : 0;
}

static int
agent_step(void *arg)
{
	const struct channel *c = arg;

	return transport_request_agent(c->raw);
}

int
channel_request_agent(
    struct channel *c, const struct deadline *d, struct fault *f)
{
	int rc = transport_run(c->t, agent_step, c, d, f);

	if (rc && f->class == FAULT_NONE)
		return fault_set(f, FAULT_CONNECT, 0,
		    "the server forwards no agent: %s", transport_error(c->t));
	return rc ? -1 : 0;
}

struct terminal_request {
	struct channel *c;
	const struct channel_terminal *terminal;
};

static int
terminal_step(void *arg)
{
	struct terminal_request *r = arg;
	const struct channel_terminal *t = r->terminal;

	return libssh2_channel_request_pty_ex(r->c->raw, t->name,
	    (unsigned int)strlen(t->name), (const char *)t->modes,
	    (unsigned int)t->n_modes, t->columns, t->rows, 0, 0);
}

int
channel_request_terminal(struct channel *c,
    const struct channel_terminal *terminal, const struct deadline *d,
    struct fault *f)
{
	struct terminal_request r = {.c = c, .terminal = terminal};
	int rc = transport_run(c->t, terminal_step, &r, d, f);

	if (rc && f->class == FAULT_NONE)
		return fault_set(f, FAULT_CONNECT, 0,
		    "the server gives no terminal: %s", transport_error(c->t));
	return rc ? -1 : 0;
}

/* No reply is wanted, and what is sent is queued, never refused. */
void
channel_resize(struct channel *c, int columns, int rows)
{
	if (c->salvaging)
		return;
	(void)libssh2_channel_request_pty_size_ex(c->raw, columns, rows, 0, 0);
}

int
channel_subsystem(struct channel *c, const char *name, const struct deadline *d,
    struct fault *f)
{
	struct start_request s = {.c = c, .request = "subsystem", .text = name};
	int rc = start_process(&s, d, f);

	if (rc && f->class == FAULT_NONE)
		return fault_set(f, FAULT_CONNECT, 0,
		    "the server has no %s: %s", name, why_not_started(&s));
	return rc ? -1 : 0;
}
