#include "ssh/gateway.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "ssh/gateway_internal.h"

enum {
	GATEWAY_STACK = 256 * 1024,
	GATEWAY_AGAIN_MS = 3000, /* after which a failed one is tried again */
	GATEWAY_OPEN_MS = 10000, /* for a host's answer */
};

struct gateways *
gateways_new(const struct sshconfig *config, const struct access *access,
    const struct cancel *cancel)
{
	struct gateways *p = mem_alloc(1, sizeof(*p));

	pthread_mutex_init(&p->lock, NULL);
	p->config = config;
	p->access = access;
	p->cancel = cancel;
	return p;
}

void
link_free(struct link *l)
{
	fdio_close(l->fd);
	mem_free(l->host);
	mem_free(l);
}

void
link_end(struct link *l, enum link_state state)
{
	l->state = state;
	if (l->wake)
		wake_notify(l->wake);
	else
		link_free(l);
}

void
link_fail(struct link *l, const struct fault *f)
{
	l->fault = *f;
	link_end(l, LINK_FAILED);
}

/* With the lock held. */
void
gateway_append(struct gateway *g, struct link *l)
{
	struct link **at = &g->waiting;

	while (*at)
		at = &(*at)->next;
	*at = l;
}

/* With the lock held: gateways_notify tells those that are there already. */
static int
start_thread(struct gateway *g)
{
	const struct cancel *cancel = g->host->pool->cancel;
	pthread_attr_t attr;
	int error;

	atomic_store(&g->cancel.level, atomic_load(&cancel->level));
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, GATEWAY_STACK);
	error = pthread_create(&g->thread, &attr, gateway_main, g);
	pthread_attr_destroy(&attr);
	return error;
}

/* With the lock held: one more connection.  NULL with a fault. */
static struct gateway *
add_connection(struct jumphost *h, struct fault *f)
{
	struct gateway *g = mem_alloc(1, sizeof(*g));
	int error = 0;

	g->host = h;
	g->access = *h->pool->access;
	g->access.password = h->password;
	g->access.self = g;
	g->access.questions = &h->questions;
	g->access.forwards = NULL;
	if (wake_open(&g->wake)) {
		fault_set(f, FAULT_SYSTEM, errno, "pipe");
		mem_free(g);
		return NULL;
	}
	error = start_thread(g);
	if (error) {
		fault_set(f, FAULT_SYSTEM, error, "threads");
		wake_close(&g->wake);
		mem_free(g);
		return NULL;
	}
	g->next = h->connections;
	h->connections = g;
	h->n++;
	return g;
}

/* With the lock held: one that has failed, a while ago, begins anew.  NULL with
 * a fault. */
static struct gateway *
connect_again(struct gateway *g, struct fault *f)
{
	int error;

	if (!g->joined)
		pthread_join(g->thread, NULL);
	g->c = NULL;
	g->is_opening = g->stuck = false;
	error = start_thread(g);
	g->joined = error != 0;
	if (error) {
		fault_set(f, FAULT_SYSTEM, error, "threads");
		return NULL;
	}
	g->state = GATEWAY_CONNECTING;
	return g;
}

static void
set_password(struct jumphost *h)
{
	struct password_use use = {.class = FAULT_AUTH,
	    .hint = "it wants a password, and there is nobody to ask"};

	h->prompt =
	    mem_printf("Password of %s@%s (jump host): ", h->settings.user,
		h->settings.host);
	use.prompt = h->prompt;
	h->password = password_new(&use);
}

/* With the lock held: the last of the hops.  NULL with a fault. */
static struct jumphost *
find_host(struct gateways *p, const struct settings *s, struct fault *f)
{
	char *hops = words_join(&s->proxy_jump, ",");
	struct jumphost *h = p->hosts;

	while (h && strcmp(h->hops, hops))
		h = h->next;
	if (h) {
		mem_free(hops);
		return h;
	}
	h = mem_alloc(1, sizeof(*h));
	if (sshconfig_hop_settings(p->config, s, &h->settings, f)) {
		mem_free(hops);
		mem_free(h);
		return NULL;
	}
	h->pool = p;
	h->hops = hops;
	set_password(h);
	h->next = p->hosts;
	p->hosts = h;
	return h;
}

/* With the lock held: whether it may go better now. */
static bool
is_worth_trying(const struct gateway *g)
{
	return g->fault.class == FAULT_CONNECT &&
	    clock_now() - g->failed_at >= GATEWAY_AGAIN_MS;
}

struct gateway *
gateway_choose(struct jumphost *h, struct fault *f)
{
	struct gateway *g, *failed = NULL, *stuck = NULL;

	if (h->pool->ending) {
		fault_set(f, FAULT_CANCELLED, 0, "cancelled");
		return NULL;
	}
	for (g = h->connections; g; g = g->next) {
		if (g->state != GATEWAY_FAILED && !g->stuck)
			return g;
		if (g->state != GATEWAY_FAILED)
			stuck = g;
		else if (!failed || is_worth_trying(g))
			failed = g;
	}
	if (failed && is_worth_trying(failed))
		return connect_again(failed, f);
	/* a jump host that takes no further connection has the first */
	if (stuck && (failed || h->n == GATEWAY_CONNECTIONS))
		return stuck;
	return failed ? failed : add_connection(h, f);
}

/* With the lock held: whether a waits for b, through any number of others. */
static bool
waits_for(const struct gateway *a, const struct gateway *b)
{
	while (a && a != b)
		a = a->awaits;
	return a != NULL;
}

/* With the lock held.  -1 with a fault. */
static int
enter(const struct access *access, const struct settings *s, struct link *l,
    struct fault *f)
{
	struct jumphost *h = find_host(access->gateways, s, f);
	struct gateway *g = h ? gateway_choose(h, f) : NULL;

	if (!g)
		return -1;
	if (access->self && waits_for(g, access->self))
		return fault_set(f, FAULT_CONNECT, 0,
		    "ProxyJump: %s is to be reached through itself",
		    access->self->host->settings.host);
	if (access->self)
		access->self->awaits = g;
	if (g->state == GATEWAY_FAILED) {
		*f = g->fault;
		return -1;
	}
	gateway_append(g, l);
	wake_notify(&g->wake);
	return 0;
}

/* With the lock held, which is given up meanwhile: 0 when the link is open. */
static int
await_link(
    struct gateways *p, struct link *l, const struct wait *w, struct fault *f)
{
	struct deadline d = deadline_in(-1, "jump host", NULL);
	int ret = 0;

	while (!ret && l->state == LINK_WAITING) {
		pthread_mutex_unlock(&p->lock);
		ret = wait_poll(w, NULL, 0, &d, f);
		pthread_mutex_lock(&p->lock);
	}
	if (!ret && l->state == LINK_FAILED) {
		*f = l->fault;
		ret = -1;
	}
	return ret;
}

int
gateway_dial(const struct access *access, const struct settings *s,
    const struct wait *w, struct fault *f)
{
	struct gateways *p = access->gateways;
	struct link *l = mem_alloc(1, sizeof(*l));
	int fd = -1;

	l->host = mem_strdup(s->hostname);
	l->port = s->port;
	l->timeout =
	    s->connect_timeout > 0 ? s->connect_timeout : GATEWAY_OPEN_MS;
	l->wake = w->wake;
	l->fd = -1;
	pthread_mutex_lock(&p->lock);
	if (enter(access, s, l, f)) {
		link_free(l);
	} else {
		if (!await_link(p, l, w, f)) {
			fd = l->fd;
			l->fd = -1;
		}
		/* who leaves early has the jump host free it */
		l->wake = NULL;
		if (l->state != LINK_WAITING)
			link_free(l);
	}
	pthread_mutex_unlock(&p->lock);
	return fd;
}

void
gateways_notify(struct gateways *p)
{
	struct jumphost *h;
	struct gateway *g;

	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	for (h = p->hosts; h; h = h->next) {
		for (g = h->connections; g; g = g->next) {
			atomic_store(
			    &g->cancel.level, atomic_load(&p->cancel->level));
			wake_notify(&g->wake);
		}
	}
	pthread_mutex_unlock(&p->lock);
}

/* Their threads look at each other: all end before the first is freed. */
static void
end_connections(struct gateways *p)
{
	struct jumphost *h, *first;
	struct gateway *g;

	pthread_mutex_lock(&p->lock);
	p->ending = true;
	first = p->hosts;
	for (h = first; h; h = h->next) {
		for (g = h->connections; g; g = g->next) {
			atomic_store(&g->cancel.level, CANCEL_HARD);
			wake_notify(&g->wake);
		}
	}
	pthread_mutex_unlock(&p->lock);
	for (h = first; h; h = h->next) {
		for (g = h->connections; g; g = g->next) {
			if (!g->joined)
				pthread_join(g->thread, NULL);
		}
	}
}

static void
free_connections(struct jumphost *h)
{
	struct gateway *g, *next;

	for (g = h->connections; g; g = next) {
		next = g->next;
		wake_close(&g->wake);
		mem_free(g->target);
		mem_free(g);
	}
}

void
gateways_free(struct gateways *p)
{
	struct jumphost *h, *next;

	if (!p)
		return;
	end_connections(p);
	for (h = p->hosts; h; h = next) {
		next = h->next;
		free_connections(h);
		password_free(h->password);
		settings_release(&h->settings);
		mem_free(h->prompt);
		mem_free(h->hops);
		mem_free(h);
	}
	pthread_mutex_destroy(&p->lock);
	mem_free(p);
}
