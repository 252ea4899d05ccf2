/*
 * Agent forwarding: the server opens a channel for each program there that
 * wants our agent.
 */
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "ssh/forward_internal.h"

struct agent_forward {
	struct forward forward;
	const char *path;
};

static int
connect_agent(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -1;
	memcpy(addr.sun_path, path, strlen(path) + 1);
	/* one whose queue of connections is full would hold up all else */
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fdio_close(fd);
	return fd;
}

static bool
agent_accept(struct forward *w)
{
	struct agent_forward *a = (struct agent_forward *)w;
	LIBSSH2_CHANNEL *raw = transport_take_agent(w->t);
	int fd;

	if (!raw)
		return false;
	fd = connect_agent(a->path);
	if (fd < 0)
		diag_verbose(1, "ssh-agent %s does not answer", a->path);
	/* without a descriptor, the relay closes the channel */
	relay_set_add(&w->relays, relay_new(channel_adopt(w->t, raw), fd));
	return true;
}

static void
agent_free(struct forward *w)
{
	mem_free(w);
}

struct forward *
forward_agent(struct transport *t, const char *path)
{
	static const struct forward_ops ops = {
	    .accept = agent_accept, .free = agent_free};
	struct agent_forward *a = mem_alloc(1, sizeof(*a));

	a->forward.ops = &ops;
	a->forward.t = t;
	a->path = path;
	return &a->forward;
}
