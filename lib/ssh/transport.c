#include "ssh/transport.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "ssh/aesctr.h"
#include "ssh/channel_internal.h"
#include "ssh/transport_internal.h"

enum {
	TRANSPORT_QUEUE_LIMIT = 64
	    << 20, /* never reached: it is offered less */
	TRANSPORT_APART_MS = 2000 /* two keep-alives, at most */
};

int
transport_global_init(struct fault *f)
{
	/* libcrypto's cleaning up before the end costs a tenth of a short run,
	 * and the kernel does it anyway */
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
	if (libssh2_init(0))
		return fault_set(f, FAULT_SYSTEM, 0, "libssh2 does not start");
	aesctr_install();
	return 0;
}

struct transport *
transport_new(int fd, const struct wait *wait)
{
	static const int on = 1;
	struct transport *t = mem_alloc(1, sizeof(*t));

	t->fd = fd;
	t->wait = *wait;
	t->last_byte = t->last_keepalive = clock_now();
	buf_init(&t->queue, TRANSPORT_QUEUE_LIMIT);
	buf_init(&t->farewell, TRANSPORT_FAREWELL_MAX);
	buf_init(&t->host_key, TRANSPORT_HOST_KEY_MAX);
	kexinit_init(&t->server);
	(void)fdio_set_nonblock(fd, 1);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	t->session =
	    libssh2_session_init_ex(hook_alloc, hook_free, hook_realloc, t);
	if (!t->session)
		mem_exhausted();
	libssh2_session_set_blocking(t->session, 0);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#pragma GCC diagnostic ignored "-Wpedantic"
	libssh2_session_callback_set(
	    t->session, LIBSSH2_CALLBACK_SEND, (void *)hook_send);
	libssh2_session_callback_set(
	    t->session, LIBSSH2_CALLBACK_RECV, (void *)hook_receive);
	libssh2_session_callback_set(
	    t->session, LIBSSH2_CALLBACK_DEBUG, (void *)hook_debug);
	libssh2_session_callback_set(
	    t->session, LIBSSH2_CALLBACK_DISCONNECT, (void *)hook_disconnect);
#pragma GCC diagnostic pop
	transport_accept_agents(t);
	return t;
}

void
transport_free(struct transport *t)
{
	int i;

	if (!t)
		return;
	hook_flush(t);
	t->dead = true;
	while (t->channels)
		channel_abandon(t->channels);
	libssh2_session_free(t->session);
	hook_release(t);
	close(t->fd);
	buf_release(&t->queue);
	buf_release(&t->farewell);
	buf_release(&t->host_key);
	kexinit_release(&t->server);
	for (i = 0; i < KEXINIT_LISTS; i++)
		mem_free(t->offered[i]);
	mem_free(t);
}

static int
handshake_step(void *arg)
{
	struct transport *t = arg;

	return libssh2_session_handshake(t->session, t->fd);
}

static int
explain_handshake(struct transport *t, struct fault *f)
{
	if (t->server.complete > 0 && algorithms_explain(t, f))
		return -1;
	if (!t->server.banner)
		return fault_set(
		    f, FAULT_CONNECT, 0, "no SSH server answers there");
	if (!strncmp(t->server.banner, "SSH-1.", 6) &&
	    strncmp(t->server.banner, "SSH-1.99-", 9))
		return fault_set(f, FAULT_CONNECT, 0,
		    "the server speaks version 1 of SSH alone: %s",
		    t->server.banner);
	return fault_set(
	    f, FAULT_CONNECT, 0, "key exchange: %s", transport_error(t));
}

static int
run_handshake(struct transport *t, const struct deadline *banner,
    const struct deadline *d, struct fault *f)
{
	int rc;

	fault_clear(f);
	while (transport_again(rc = handshake_step(t))) {
		if (transport_wait(
			t, NULL, 0, t->server.banner ? d : banner, f))
			return -1;
	}
	return rc;
}

int
transport_handshake(struct transport *t, const struct deadline *banner,
    const struct deadline *d, struct fault *f)
{
	int rc = run_handshake(t, banner, d, f);

	if (rc == 0) {
		kexinit_forget_lists(&t->server);
		return 0;
	}
	if (f->class == FAULT_LOST && t->server.banner)
		return fault_set(f, FAULT_CONNECT, 0,
		    "the server closed the connection during the key "
		    "exchange");
	if (f->class == FAULT_LOST && !t->received)
		return fault_set(f, FAULT_CONNECT, 0,
		    "the server closed the connection before it said anything "
		    "(too many connections at once?)");
	if (f->class == FAULT_LOST)
		fault_clear(f);
	if (f->class == FAULT_NONE)
		return explain_handshake(t, f);
	return -1;
}

bool
transport_again(int rc)
{
	return rc == LIBSSH2_ERROR_EAGAIN;
}

static int
ended_fault(struct transport *t, struct fault *f)
{
	if (t->farewell.len || t->breach)
		return fault_set(f, FAULT_LOST, 0, "%s", transport_why(t));
	if (t->ended > 0)
		return fault_set(
		    f, FAULT_LOST, t->ended, "the connection was lost");
	return fault_set(f, FAULT_LOST, 0, "the server closed the connection");
}

void
transport_look_again(struct transport *t)
{
	t->waited = t->received;
	hook_flush(t);
}

int
transport_wait(struct transport *t, struct pollfd *fds, nfds_t n,
    const struct deadline *d, struct fault *f)
{
	struct pollfd few[17];
	struct pollfd *all = few;
	int ret;

	if (t->ended)
		return ended_fault(t, f);
	t->waited = t->received;
	if (n > 16)
		all = mem_alloc(n + 1, sizeof(*all));
	if (n)
		memcpy(all, fds, n * sizeof(*all));
	all[n] = (struct pollfd){.fd = t->dead ? -1 : t->fd,
	    .events = (short)(POLLIN | (t->queue.len ? POLLOUT : 0))};
	ret = wait_poll(&t->wait, all, n + 1, d, f);
	if (all[n].revents & POLLOUT)
		hook_flush(t);
	if (n)
		memcpy(fds, all, n * sizeof(*all));
	if (all != few)
		mem_free(all);
	return ret;
}

void
transport_set_opening(struct transport *t, struct channel_opening *o)
{
	t->opening = o;
}

bool
transport_is_opening(const struct transport *t)
{
	return t->opening != NULL;
}

/* A second request must not await its reply beside the first. */
static int
finish_opening(struct transport *t, const struct deadline *d, struct fault *f)
{
	while (t->opening && !channel_opening_step(t->opening)) {
		if (transport_wait(t, NULL, 0, d, f))
			return -1;
	}
	return 0;
}

int
transport_run(struct transport *t, transport_step *step, void *arg,
    const struct deadline *d, struct fault *f)
{
	int rc;

	fault_clear(f);
	if (finish_opening(t, d, f))
		return -1;
	while (transport_again(rc = step(arg))) {
		if (transport_wait(t, NULL, 0, d, f))
			return -1;
	}
	return rc && (t->farewell.len || t->breach) ? ended_fault(t, f) : rc;
}

size_t
transport_queued(const struct transport *t)
{
	return t->queue.len;
}

bool
transport_ended(const struct transport *t)
{
	return t->ended != 0 || t->dead;
}

void
transport_settle(struct transport *t)
{
	t->settled = true;
}

/* Within a key exchange the library sends none, and awaits the server anyway:
 * that is no less a question. */
bool
transport_keepalive(struct transport *t, int64_t interval)
{
	int64_t now = clock_now();
	uint64_t sent = t->sent;
	int seconds;

	if (now - t->last_keepalive < interval)
		return false;
	libssh2_keepalive_config(t->session, 1, 1);
	(void)libssh2_keepalive_send(t->session, &seconds);
	if (t->sent == sent && now - t->last_keepalive < TRANSPORT_APART_MS)
		return false;
	t->last_keepalive = now;
	t->unanswered++;
	return t->sent != sent;
}

bool
transport_silent(const struct transport *t, int64_t interval, int count)
{
	int64_t now = clock_now();

	return now - t->last_byte >= interval * count &&
	    now - t->last_keepalive >= interval && t->unanswered > 0 &&
	    t->unanswered >= count - 1;
}

uint64_t
transport_received(const struct transport *t)
{
	return t->received;
}

bool
transport_is_forced(const struct transport *t)
{
	return t->forced;
}

int64_t
transport_last_byte(const struct transport *t)
{
	return t->last_byte;
}

LIBSSH2_SESSION *
transport_session(struct transport *t)
{
	return t->session;
}

const struct wait *
transport_waits(const struct transport *t)
{
	return &t->wait;
}

int
transport_fd(const struct transport *t)
{
	return t->fd;
}

const struct kexinit *
transport_server(const struct transport *t)
{
	return &t->server;
}

void
transport_add_window(struct transport *t, size_t n)
{
	t->windows += n;
}

void
transport_remove_window(struct transport *t, size_t n)
{
	t->windows -= n;
}

void
transport_add_channel(struct transport *t, struct channel *c)
{
	c->next = t->channels;
	t->channels = c;
}

void
transport_remove_channel(struct transport *t, struct channel *c)
{
	struct channel **p;

	for (p = &t->channels; *p; p = &(*p)->next) {
		if (*p == c) {
			*p = c->next;
			return;
		}
	}
}

uint32_t
transport_opened_id(const struct transport *t)
{
	return t->opened_id;
}

uint32_t
transport_open_failure(const struct transport *t)
{
	return t->open_failure;
}

void
transport_be_patient(struct transport *t, enum cancel_level patience)
{
	t->wait.patience = patience;
}
