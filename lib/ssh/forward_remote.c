/*
 * Remote forwarding: the server listens.
 */
#include "base/mem.h"
#include "ssh/forward_internal.h"
#include "ssh/resolve.h"

struct remote {
	struct forward forward;
	LIBSSH2_LISTENER *listener;
	struct addrinfo *targets;
};

struct listen_request {
	struct transport *t;
	const char *address;
	int port;
	int bound;
	LIBSSH2_LISTENER *listener;
};

static int
listen_step(void *arg)
{
	struct listen_request *l = arg;
	LIBSSH2_SESSION *s = transport_session(l->t);

	l->listener = libssh2_channel_forward_listen_ex(
	    s, l->address, l->port, &l->bound, 0);
	return l->listener ? 0 : libssh2_session_last_errno(s);
}

static bool
accept_one(struct remote *r)
{
	struct forward *w = &r->forward;
	LIBSSH2_CHANNEL *raw;

	if (w->relays.n == FORWARD_RELAYS)
		return false;
	raw = libssh2_channel_forward_accept(r->listener);
	if (!raw)
		return false;
	relay_set_add(
	    &w->relays, relay_to(channel_adopt(w->t, raw), r->targets));
	return true;
}

static bool
remote_accept(struct forward *w)
{
	bool any = false;

	while (accept_one((struct remote *)w))
		any = true;
	return any;
}

static void
remote_free(struct forward *w)
{
	struct remote *r = (struct remote *)w;

	if (r->targets)
		freeaddrinfo(r->targets);
	mem_free(r);
}

struct forward *
forward_listen(struct transport *t, const struct forward_spec *spec,
    bool *refused, const struct deadline *d, struct fault *f)
{
	static const struct forward_ops ops = {
	    .accept = remote_accept, .free = remote_free};
	struct listen_request l = {.t = t,
	    .address = spec->address,
	    .port = spec->port,
	    .bound = spec->port};
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct remote *r = mem_alloc(1, sizeof(*r));

	*refused = false;
	r->forward.ops = &ops;
	r->forward.t = t;
	if (resolve(spec->target_address, spec->target_port, &hints,
		transport_waits(t), &r->targets, f))
		goto out;
	if (transport_run(t, listen_step, &l, d, f)) {
		*refused = f->class == FAULT_NONE;
		if (*refused)
			fault_set(f, FAULT_CONNECT, 0,
			    "the server does not listen on %s port %d",
			    spec->address, spec->port);
		goto out;
	}
	r->listener = l.listener;
	r->forward.port = l.bound;
	return &r->forward;
out:
	remote_free(&r->forward);
	return NULL;
}
