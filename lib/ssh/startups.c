#include "ssh/startups.h"

#include <pthread.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

/* Who waits for a place; it is in the stack of the thread that waits. */
struct comer {
	struct wake *wake;
	bool admitted; /* the place of one that has left is theirs */
	struct comer *next;
};

/* A server: there as long as somebody is. */
struct startup {
	struct startups *all;
	char *server;
	int places; /* taken */
	struct comer *waiting; /* the first is the next */
	struct startup *next;
};

struct startups {
	pthread_mutex_t lock;
	struct startup *servers;
};

struct startups *
startups_new(void)
{
	struct startups *s = mem_alloc(1, sizeof(*s));

	pthread_mutex_init(&s->lock, NULL);
	return s;
}

void
startups_free(struct startups *s)
{
	if (!s)
		return;
	pthread_mutex_destroy(&s->lock);
	mem_free(s);
}

/* One behind a jump host is not the one of that name before it. */
static char *
server_name(const struct settings *settings, const struct addrinfo *address)
{
	char host[NI_MAXHOST];
	struct buf name;
	char *hops;

	if (address &&
	    !getnameinfo(address->ai_addr, address->ai_addrlen, host,
		sizeof(host), NULL, 0, NI_NUMERICHOST))
		return mem_printf("%s port %d", host, settings->port);
	hops = words_join(&settings->proxy_jump, ",");
	buf_init(&name, 128 * 1024);
	buf_printf(&name, "%s port %d by %s", settings->hostname,
	    settings->port, hops);
	mem_free(hops);
	return buf_steal(&name);
}

/* With the lock held; the name is taken. */
static struct startup *
find_server(struct startups *s, char *name)
{
	struct startup *server = s->servers;

	while (server && strcmp(server->server, name))
		server = server->next;
	if (server) {
		mem_free(name);
		return server;
	}
	server = mem_alloc(1, sizeof(*server));
	*server =
	    (struct startup){.all = s, .server = name, .next = s->servers};
	s->servers = server;
	return server;
}

static void
forget_server(struct startup *server)
{
	struct startup **at = &server->all->servers;

	while (*at != server)
		at = &(*at)->next;
	*at = server->next;
	mem_free(server->server);
	mem_free(server);
}

/* With the lock held: a place has come free. */
static void
pass_on(struct startup *server)
{
	struct comer *first = server->waiting;

	if (first) {
		server->waiting = first->next;
		first->admitted = true;
		wake_notify(first->wake);
	} else if (--server->places == 0) {
		forget_server(server);
	}
}

/* With the lock held. */
static void
give_up(struct startup *server, struct comer *self)
{
	struct comer **at = &server->waiting;

	if (self->admitted) {
		pass_on(server);
		return;
	}
	while (*at != self)
		at = &(*at)->next;
	*at = self->next;
}

/* With the lock held, which is given up meanwhile. */
static int
await_place(struct startup *server, const struct wait *w, struct fault *f)
{
	struct deadline never = deadline_in(-1, "turn to log in", NULL);
	struct comer self = {.wake = w->wake};
	struct comer **last = &server->waiting;
	int ret = 0;

	while (*last)
		last = &(*last)->next;
	/* cppcheck-suppress autoVariables ; taken out before we return */
	*last = &self;
	while (!ret && !self.admitted) {
		pthread_mutex_unlock(&server->all->lock);
		ret = wait_poll(w, NULL, 0, &never, f);
		pthread_mutex_lock(&server->all->lock);
	}
	if (ret)
		give_up(server, &self);
	return ret;
}

struct startup *
startups_enter(struct startups *s, const struct settings *settings,
    const struct addrinfo *address, const struct wait *w, struct fault *f)
{
	char *name = server_name(settings, address);
	struct startup *server;

	pthread_mutex_lock(&s->lock);
	server = find_server(s, name);
	if (server->places < STARTUPS_MAX)
		server->places++;
	else if (await_place(server, w, f))
		server = NULL;
	pthread_mutex_unlock(&s->lock);
	return server;
}

void
startups_leave(struct startup *place)
{
	struct startups *s;

	if (!place)
		return;
	s = place->all;
	pthread_mutex_lock(&s->lock);
	pass_on(place);
	pthread_mutex_unlock(&s->lock);
}
