#include "ssh/forwards.h"

#include <string.h>

#include "base/diag.h"

enum { FORWARDS_MS = 30000 };

int
forwards_add(struct forwards *w, bool local, const char *text, struct fault *f)
{
	const char *option = local ? "-L" : "-R";

	if (w->n == FORWARDS_MAX)
		return fault_set(f, FAULT_USAGE, 0, "%s %s: more than %d",
		    option, text, FORWARDS_MAX);
	if (forwardspec_parse(&w->specs[w->n], option, text, f))
		return -1;
	w->local[w->n++] = local;
	return 0;
}

void
forwards_release(struct forwards *w)
{
	while (w->n > 0)
		forwardspec_release(&w->specs[--w->n]);
}

/* As ssh says it to the server: any address is an empty one. */
static const char *
remote_address(const struct forwardspec *s)
{
	if (!s->address)
		return "localhost";
	return strcmp(s->address, "*") ? s->address : "";
}

static struct forward *
open_one(struct connection *c, const struct forwardspec *s, bool local,
    struct fault *f)
{
	struct deadline d =
	    deadline_in(FORWARDS_MS, "answer to a forwarding", NULL);
	struct forward_spec spec = {.address = s->address,
	    .port = s->port,
	    .target_address = s->host,
	    .target_port = s->host_port,
	    .name = c->settings->host};
	struct forward *w;
	bool refused;

	if (local)
		return forward_local(c->t, &spec, f);
	spec.address = remote_address(s);
	w = forward_listen(c->t, &spec, &refused, &d, f);
	if (!w && refused)
		fault_set(f, FAULT_CONNECT, 0,
		    "-R: the server does not listen on %s port %d: it is "
		    "taken, or AllowTcpForwarding, PermitListen forbid it",
		    s->address ? s->address : "localhost", s->port);
	return w;
}

static int
add(struct connection *c, struct forward *w, struct fault *f)
{
	if (!connection_add_forward(c, w))
		return 0;
	forward_free(w);
	return fault_set(
	    f, FAULT_CONNECT, 0, "too many forwards on one connection");
}

static int
open_agent(struct connection *c, struct fault *f)
{
	const struct settings *s = c->settings;
	const char *path =
	    s->forward_agent_path ? s->forward_agent_path : s->agent_path;

	if (!s->forward_agent || !path)
		return 0;
	if (!transport_can_forward_agent()) {
		diag_verbose(1, "%s: libssh2 %s cannot forward the agent",
		    s->host, transport_library());
		return 0;
	}
	c->forwards_agent = true;
	return add(c, forward_agent(c->t, path), f);
}

/* One that the server refuses is told; with ExitOnForwardFailure, a fault. */
static int
open_or_tell(struct connection *c, const struct forwardspec *s, bool local,
    struct fault *f)
{
	struct forward *w = open_one(c, s, local, f);

	if (!w) {
		if (f->class != FAULT_CONNECT ||
		    c->settings->exit_on_forward_failure)
			return -1;
		diag_error("%s: %s", c->settings->host, f->text);
		return 0;
	}
	if (add(c, w, f))
		return -1;
	if (s->port == 0)
		diag_note("%s: port %d %s leads to %s port %d",
		    c->settings->host, forward_port(w),
		    local ? "here" : "there", s->host, s->host_port);
	return 0;
}

int
forwards_open(const struct forwards *w, struct connection *c, struct fault *f)
{
	size_t i;

	for (i = 0; w && i < w->n; i++) {
		if (open_or_tell(c, &w->specs[i], w->local[i], f))
			return -1;
	}
	return open_agent(c, f);
}
