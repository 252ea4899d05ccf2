/*
 * A jump host's connection: opens channels for those who wait, one at a time,
 * and relays what they say.
 */
#include <errno.h>
#include <sys/socket.h>

#include "base/diag.h"
#include "base/mem.h"
#include "ssh/gateway_internal.h"

enum {
	GATEWAY_STUCK_MS = 500, /* an opening that holds others back */
	GATEWAY_TICK_MS = 1000,
	GATEWAY_WINDOW = 1024 * 1024 /* bytes to receive with, usually */
};

/* With the lock held: those who wait go to another connection. */
static void
hand_over(struct gateway *g, struct gateway *other)
{
	while (g->waiting) {
		struct link *l = g->waiting;

		g->waiting = l->next;
		l->next = NULL;
		gateway_append(other, l);
	}
	wake_notify(&other->wake);
}

/* Whoever waits behind an opening that takes long goes to another connection,
 * if there can be one. */
static void
send_elsewhere(struct gateway *g)
{
	struct jumphost *h = g->host;
	struct gateway *other = NULL;
	struct fault ignored;

	pthread_mutex_lock(&h->pool->lock);
	g->stuck =
	    h->n < GATEWAY_CONNECTIONS && atomic_load(&h->questions) == 0;
	if (g->stuck && g->waiting)
		other = gateway_choose(h, &ignored);
	if (other && other != g && other->state != GATEWAY_FAILED)
		hand_over(g, other);
	pthread_mutex_unlock(&h->pool->lock);
}

/* Takes the next who waits, and begins to open a channel for it. */
static void
begin_opening(struct gateway *g)
{
	struct link *l;

	pthread_mutex_lock(&g->host->pool->lock);
	l = g->waiting;
	if (l)
		g->waiting = l->next;
	g->stuck = false;
	pthread_mutex_unlock(&g->host->pool->lock);
	if (!l)
		return;
	mem_free(g->target);
	g->target = mem_strdup(l->host);
	g->link = l;
	g->link_since = clock_now();
	g->opening = (struct channel_opening){.t = g->c->t,
	    .host = g->target,
	    .port = l->port,
	    .window = g->access.window ? g->access.window : GATEWAY_WINDOW};
	g->is_opening = true;
	channel_opening_start(&g->opening);
}

/* The caller is told; the library goes on waiting for the answer. */
static void
give_up(struct gateway *g)
{
	struct link *l = g->link;
	struct fault f = {0};

	fault_set(&f, FAULT_CONNECT, 0,
	    "no answer of %s port %d in %lld s behind jump host %s "
	    "(-o ConnectTimeout changes this)",
	    l->host, l->port, (long long)l->timeout / 1000,
	    g->host->settings.host);
	pthread_mutex_lock(&g->host->pool->lock);
	link_fail(l, &f);
	pthread_mutex_unlock(&g->host->pool->lock);
	g->link = NULL;
}

/* The channel is there, or not. */
static void
end_opening(struct gateway *g)
{
	struct fault f = {0};
	struct channel *c = channel_opening_end(&g->opening, &f);
	int ends[2] = {-1, -1};

	g->is_opening = false;
	if (c && g->link &&
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		fault_set(&f, FAULT_SYSTEM, errno, "socketpair");
	/* without a descriptor, the relay closes the channel */
	if (c)
		relay_set_add(&g->relays, relay_new(c, ends[0]));
	if (!g->link)
		return;
	fault_prefix(&f, "jump host %s", g->host->settings.host);
	pthread_mutex_lock(&g->host->pool->lock);
	g->link->fd = ends[1];
	if (ends[1] >= 0)
		link_end(g->link, LINK_OPEN);
	else
		link_fail(g->link, &f);
	pthread_mutex_unlock(&g->host->pool->lock);
	g->link = NULL;
}

static bool
pump_opening(struct gateway *g)
{
	int64_t taken;

	if (!g->is_opening)
		begin_opening(g);
	if (!g->is_opening)
		return false;
	if (channel_opening_step(&g->opening)) {
		end_opening(g);
		return true;
	}
	taken = clock_now() - g->link_since;
	if (g->link && taken >= g->link->timeout)
		give_up(g);
	if (taken >= GATEWAY_STUCK_MS)
		send_elsewhere(g);
	return false;
}

static int
wait_for_more(struct gateway *g, struct fault *f)
{
	size_t max = g->relays.n + 1;
	struct pollfd *fds = mem_alloc(max, sizeof(*fds));
	size_t n = relay_set_pollfds(&g->relays, fds, max);
	struct deadline tick = deadline_in(
	    g->is_opening ? GATEWAY_STUCK_MS : GATEWAY_TICK_MS, NULL, NULL);
	int ret = transport_wait(g->c->t, fds, n, &tick, f);

	mem_free(fds);
	return ret;
}

static void
serve(struct gateway *g, struct fault *f)
{
	transport_settle(g->c->t);
	transport_be_patient(g->c->t, CANCEL_GENTLE);
	for (;;) {
		bool moved = relay_set_pump(&g->relays);

		moved |= pump_opening(g);
		if (connection_check_alive(g->c, f))
			return;
		if (!moved && wait_for_more(g, f))
			return;
	}
}

static void
set_state(struct gateway *g, enum gateway_state state)
{
	pthread_mutex_lock(&g->host->pool->lock);
	g->state = state;
	g->awaits = NULL;
	pthread_mutex_unlock(&g->host->pool->lock);
}

/* With the lock held: another connection that is not at its end, or NULL. */
static struct gateway *
find_other(const struct gateway *g)
{
	struct gateway *other = g->host->connections;

	while (other && (other == g || other->state == GATEWAY_FAILED))
		other = other->next;
	return other;
}

/* Everybody who waits goes to another connection or, with whoever comes within
 * a while, is told why there is none. */
static void
end(struct gateway *g, const struct fault *f)
{
	struct gateway *other;

	pthread_mutex_lock(&g->host->pool->lock);
	g->state = GATEWAY_FAILED;
	g->awaits = NULL;
	g->fault = *f;
	g->failed_at = clock_now();
	fault_prefix(&g->fault, "jump host %s", g->host->settings.host);
	/* what was lost can be had again */
	if (g->fault.class == FAULT_LOST)
		g->fault.class = FAULT_CONNECT;
	if (g->link)
		link_fail(g->link, &g->fault);
	other = find_other(g);
	if (other)
		hand_over(g, other);
	while (g->waiting) {
		struct link *l = g->waiting;

		g->waiting = l->next;
		link_fail(l, &g->fault);
	}
	pthread_mutex_unlock(&g->host->pool->lock);
	g->link = NULL;
	if (g->is_opening)
		buf_release(&g->opening.message);
}

void *
gateway_main(void *arg)
{
	struct gateway *g = arg;
	struct wait wait = {.cancel = &g->cancel, .wake = &g->wake};
	struct fault f = {0};

	g->c = connection_open(&g->host->settings, &g->access, &wait, &f);
	if (g->c) {
		set_state(g, GATEWAY_OPEN);
		diag_verbose(
		    1, "jump host %s: connected", g->host->settings.host);
		serve(g, &f);
	}
	end(g, &f);
	relay_set_release(&g->relays);
	connection_close(g->c);
	return NULL;
}
