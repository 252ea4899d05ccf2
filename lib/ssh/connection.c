#include "ssh/connection.h"

#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "ssh/auth.h"
#include "ssh/dial.h"
#include "ssh/forwards.h"
#include "ssh/hostkey.h"
#include "ssh/proxycommand.h"
#include "ssh/startups.h"

enum {
	BANNER_MS = 10000,
	BANNER_PROXY_MS = 30000, /* a proxy has to get there first */
	HANDSHAKE_MS = 120000, /* old hosts without DNS take a minute */
	CONNECTION_WINDOW = 1 << 20, /* usually */
	CONNECTION_LOGINS = 8 /* connections to one host, to log in */
};

static int
exchange_keys(
    struct connection *c, const struct access *access, struct fault *f)
{
	int64_t timeout = c->settings->connect_timeout;
	int64_t usual = c->proxy ? BANNER_PROXY_MS : BANNER_MS;
	struct deadline banner = deadline_in(timeout > 0 ? timeout : usual,
	    "word from an SSH server", "-o ConnectTimeout");
	struct deadline d = deadline_in(timeout > 0 ? timeout : HANDSHAKE_MS,
	    "end of the key exchange", "-o ConnectTimeout");

	if (hostkey_prefer(c->t, c->settings, access->keys, f))
		return -1;
	return transport_handshake(c->t, &banner, &d, f);
}

static int
log_in(struct connection *c, const struct access *access,
    struct auth_tried *tried, struct fault *f)
{
	if (exchange_keys(c, access, f))
		return -1;
	if (hostkey_check(c->t, c->settings, access, f))
		return -1;
	return auth_login(c->t, c->settings, access, tried, f);
}

/* A jump host forwards what goes through it alone. */
static int
open_forwards(
    struct connection *c, const struct access *access, struct fault *f)
{
	return access->self ? 0 : forwards_open(access->forwards, c, f);
}

/* Returns the exit status of its proxy. */
static int
close_all(struct connection *c)
{
	size_t i;

	for (i = 0; i < c->n_forwards; i++)
		forward_free(c->forwards[i]);
	transport_free(c->t);
	return c->proxy ? proxycommand_end(c->proxy) : 0;
}

static void
fault_proxy(int status, struct fault *f)
{
	if (status > 0)
		fault_set(f, FAULT_CONNECT, 0,
		    "ProxyCommand: it ended with status %d", status);
	else
		fault_prefix(f, "ProxyCommand");
}

/* Dialled, and nothing said yet.  *place is to be left, also on failure. */
static struct connection *
connect_to(const struct settings *settings, const struct access *access,
    struct startup **place, const struct wait *wait, struct fault *f)
{
	struct dialled dialled;
	struct connection *c;
	int fd = dial(settings, access, &dialled, wait, f);

	*place = dialled.place;
	if (fd < 0)
		return NULL;
	c = mem_alloc(1, sizeof(*c));
	c->settings = settings;
	c->proxy = dialled.proxy;
	c->window = access->window ? access->window : CONNECTION_WINDOW;
	c->t = transport_new(fd, wait);
	return c;
}

/* What did not come about; the fault says why. */
static void
discard(struct connection *c, struct fault *f)
{
	if (c->proxy && f->class == FAULT_CONNECT)
		fault_proxy(close_all(c), f);
	else
		close_all(c);
	mem_free(c);
}

static struct connection *
open_once(const struct settings *settings, const struct access *access,
    struct auth_tried *tried, const struct wait *wait, struct fault *f)
{
	struct startup *place;
	struct connection *c = connect_to(settings, access, &place, wait, f);

	if (c && !log_in(c, access, tried, f)) {
		startups_leave(place);
		place = NULL;
		if (!open_forwards(c, access, f))
			return c;
	}
	if (c)
		discard(c, f);
	startups_leave(place);
	return NULL;
}

int
connection_survey(const struct settings *settings, const struct access *access,
    const struct wait *wait, struct fault *f)
{
	struct startup *place;
	struct connection *c = connect_to(settings, access, &place, wait, f);
	struct blob key;
	int ret = -1;

	if (c && !exchange_keys(c, access, f) &&
	    !hostkey_shown(c->t, &key, f)) {
		newkeys_gather(access->newkeys, settings, &key);
		ret = 0;
	}
	connection_close(c);
	startups_leave(place);
	return ret;
}

struct connection *
connection_open(const struct settings *settings, const struct access *access,
    const struct wait *wait, struct fault *f)
{
	struct auth_tried *tried = mem_alloc(1, sizeof(*tried));
	struct connection *c = NULL;
	int i;

	/* one that takes a few keys at a time is asked again with others */
	for (i = 0; !c && i < CONNECTION_LOGINS; i++) {
		tried->hung_up = false;
		c = open_once(settings, access, tried, wait, f);
		if (!tried->hung_up)
			break;
	}
	mem_free(tried);
	mem_trim_stack();
	return c;
}

void
connection_close(struct connection *c)
{
	if (!c)
		return;
	close_all(c);
	mem_free(c);
}

int
connection_add_forward(struct connection *c, struct forward *w)
{
	if (c->n_forwards == CONNECTION_FORWARDS)
		return -1;
	c->forwards[c->n_forwards++] = w;
	return 0;
}

bool
connection_pump(struct connection *c)
{
	bool moved = false;
	size_t i;

	for (i = 0; i < c->n_forwards; i++)
		moved |= forward_pump(c->forwards[i]);
	return moved;
}

int
connection_wait(struct connection *c, struct pollfd *fds, size_t n,
    const struct deadline *d, struct fault *f)
{
	struct pollfd few[8];
	struct pollfd *all = few;
	size_t max = n, have = n, i;
	int ret;

	for (i = 0; i < c->n_forwards; i++)
		max += FORWARD_SOCKETS + forward_count(c->forwards[i]);
	if (max > sizeof(few) / sizeof(few[0]))
		all = mem_alloc(max, sizeof(*all));
	if (n)
		memcpy(all, fds, n * sizeof(*all));
	for (i = 0; i < c->n_forwards; i++)
		have += forward_pollfds(c->forwards[i], all + have, max - have);
	ret = transport_wait(c->t, all, have, d, f);
	if (n)
		memcpy(fds, all, n * sizeof(*all));
	if (all != few)
		mem_free(all);
	return ret;
}

int
connection_check_alive(struct connection *c, struct fault *f)
{
	const struct settings *s = c->settings;
	int64_t interval = s->server_alive_interval;
	int64_t silent = clock_now() - transport_last_byte(c->t);

	if (interval <= 0 || silent < interval)
		return 0;
	if (transport_silent(c->t, interval, s->server_alive_count_max))
		return fault_set(f, FAULT_LOST, 0,
		    "the connection was lost: no answer in %lld s "
		    "(-o ServerAliveInterval, -o ServerAliveCountMax)",
		    (long long)silent / 1000);
	transport_keepalive(c->t, interval);
	return 0;
}
