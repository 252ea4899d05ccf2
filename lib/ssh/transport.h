/*
 * A libssh2 session over a connected socket, used non-blocking behind four
 * hooks, all of public API and the same for every version from 1.10:
 *
 * send       never says "again": what the socket does not take is kept and
 *            flushed by the wait, so operations on several channels never
 *            trip over a half-sent packet
 * receive    hides the end of the connection until all that was received has
 *            been read, so no output is lost; re-arms TCP_QUICKACK while
 *            connecting; notes the time of the last byte; shows the server's
 *            algorithm lists
 * allocator  sees the packets that the library is done with: how a command
 *            ended, so that "no status came" is never status 0; output that
 *            was dropped; the host key of each key exchange.  It bounds what
 *            the library keeps, and frees what it forgets.  On 1.10 it makes
 *            RSA keys sign with SHA-2 (RFC 8332), certificates and tokens'
 *            keys sign at all
 * sign       (auth.c) keys parsed once for all hosts, an agent of our own
 *
 * One request that awaits a reply at a time; a session belongs to one thread.
 * All that differs between versions of the library stands in this module.
 */
#ifndef SSH_TRANSPORT_H
#define SSH_TRANSPORT_H

#include <libssh2.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "hosts/settings.h"
#include "ssh/blob.h"
#include "ssh/kexinit.h"
#include "ssh/wait.h"

struct channel;
struct channel_opening;
struct transport;

enum {
	TRANSPORT_QUEUE_MAX =
	    256 * 1024 /* bytes after which to offer no more */
};

/* To be called once, before threads start.  0 or -1 with FAULT_SYSTEM. */
int transport_global_init(struct fault *f);

/* The version of the library in use, and what it cannot do ("" or words
 * separated by ", "). */
const char *transport_library(void);
const char *transport_library_lacks(void);

/* A session over fd, which is taken, also on failure.  wait is copied;
 * what it points to must outlive the transport. */
struct transport *transport_new(int fd, const struct wait *wait);

/* Ends the session at once, at any stage, without waiting for the peer. */
void transport_free(struct transport *t);

/* What is offered in the key exchange: what the settings say, host key types
 * by which the host is known (as of knownhosts_types) first.  -1 with
 * FAULT_CONNECT where the library has nothing of what is wanted. */
int transport_offer(struct transport *t, const struct settings *s,
    const struct words *known, struct fault *f);

/* Exchanges keys.  The server's identification line has a deadline of its own.
 * "No common algorithm" is told with both sides' lists. */
int transport_handshake(struct transport *t, const struct deadline *banner,
    const struct deadline *d, struct fault *f);

/* Runs step(arg) until it no longer says that it must be tried again, waiting
 * for the peer in between.  Returns what the step returned last, or -1 with a
 * fault where the wait failed; a step's own errors leave the fault alone. */
typedef int transport_step(void *arg);
int transport_run(struct transport *t, transport_step *step, void *arg,
    const struct deadline *d, struct fault *f);

/* Waits until the socket, or one of n further descriptors, has something to
 * do; flushes what is queued.  -1 with FAULT_LOST when the connection has
 * ended (by then everything received was read), or as wait_poll. */
int transport_wait(struct transport *t, struct pollfd *fds, nfds_t n,
    const struct deadline *d, struct fault *f);

/* Whether a libssh2 result means that it must be tried again. */
bool transport_again(int rc);

/* Why the library's last call failed, for messages: what the server said when
 * it ended the connection, or what the library says.  Borrowed. */
const char *transport_error(struct transport *t);

/* What the server said when it ended the connection (RFC 4253, section 11.1),
 * printable, or "".  Borrowed. */
const char *transport_farewell(const struct transport *t);

/* Why the connection is of no use any more, for messages.  Borrowed. */
const char *transport_why(const struct transport *t);

/* What the server did that it may not: a constant, for transport_why. */
void transport_blame(struct transport *t, const char *breach);
bool transport_breach(const struct transport *t);

/* Bytes that wait to be sent; whether the peer's end has been seen. */
size_t transport_queued(const struct transport *t);
bool transport_ended(const struct transport *t);

/* Whether all of it is on its way, so that the line could take more. */
bool transport_is_idle(const struct transport *t);

/* The connection is set up: TCP_QUICKACK is no longer re-armed. */
void transport_settle(struct transport *t);

/* A keep-alive if none was sent for interval milliseconds; the server answers
 * it.  Not before the last remote forward was asked for.  Whether one was
 * sent: the library has it that two are a second apart at least, up to two by
 * the clock. */
bool transport_keepalive(struct transport *t, int64_t interval);

/* Bytes that have come. */
uint64_t transport_received(const struct transport *t);

/* Whether the server said that our key starts a command of its own: then every
 * session does, whatever it is asked for. */
bool transport_is_forced(const struct transport *t);

/* Asks the server to send the command on a channel a signal (a name without
 * SIG; RFC 4254, section 6.9), which tells nothing of its success.  -1 where
 * the library cannot. */
int transport_signal(LIBSSH2_CHANNEL *channel, const char *name);

/* clock_now() at which the last byte came. */
int64_t transport_last_byte(const struct transport *t);

/* Whether nothing came for count intervals although it was asked for: the
 * time that we were stopped, or asked a person, is no silence. */
bool transport_silent(const struct transport *t, int64_t interval, int count);

/* Before the library is asked to offer a key. */
void transport_expect_key(struct transport *t);

/* After that, on libraries before 1.11: when the library has taken the
 * method's name from buffer and makes its packet, buffer (n bytes) is
 * overwritten with blob.  Nothing happens on newer ones. */
void transport_swap_key(
    struct transport *t, uint8_t *buffer, const uint8_t *blob, size_t n);

/* What is signed (RFC 4252, section 7): string session, and the packet that
 * will be sent before the signature, which names the method.  Views. */
struct sign_data {
	struct blob packet;
	struct blob method;
};

/* For the sign callback: what the library is to be given, so that it sends
 * signature (RFC 4253, section 6.6: string algorithm, and what that has).
 * The library's to free.  0, or -1 where it cannot be made to. */
int transport_give_signature(struct transport *t, const struct sign_data *data,
    const struct blob *signature, struct blob *given);

/* Whether RSA keys need that; whether the server is too old for the
 * result. */
bool transport_needs_key_swap(void);
bool transport_lacks_rsa_sha2(const struct transport *t);

/* Whether the server calls itself dropbear. */
bool transport_is_dropbear(const struct transport *t);

/* What the server said when it last refused a login (RFC 4252, section
 * 5.1). */
struct transport_auth {
	bool seen; /* it has said something */
	bool answered; /* since transport_auth_expect */
	bool partial; /* accepted, but more is wanted */
	char methods[256]; /* with which to go on */
	void *arg; /* the asker's */
};

/* It is looked for from transport_auth_expect on, which forgets
 * answered and partial. */
struct transport_auth *transport_auth(struct transport *t);
void transport_auth_expect(struct transport *t);
void transport_auth_methods(struct transport *t, const char *methods);

/* What transport_wait does before it waits, for who waits otherwise. */
void transport_look_again(struct transport *t);

/* Sends nothing any more. */
void transport_mute(struct transport *t);

/* Memory that the library will free. */
void *transport_alloc(struct transport *t, size_t n);

LIBSSH2_SESSION *transport_session(struct transport *t);
const struct wait *transport_waits(const struct transport *t);

/* Up to which level being asked to stop does not end this session's waits. */
void transport_be_patient(struct transport *t, enum cancel_level patience);

int transport_fd(const struct transport *t);
const struct kexinit *transport_server(const struct transport *t);

/* The server's reason for the last channel that it did not open (RFC 4254,
 * section 5.1): 1 is prohibited, 2 could not connect. */
uint32_t transport_open_failure(const struct transport *t);

/* For channel.c: bytes that the server may send, by the windows of its
 * channels: as much as they need, the library gets memory. */
void transport_add_window(struct transport *t, size_t n);
void transport_remove_window(struct transport *t, size_t n);

/* For channel.c: the list in which the allocator looks for the channel that
 * an exit-status belongs to; the id of the channel opened last. */
void transport_add_channel(struct transport *t, struct channel *c);
void transport_remove_channel(struct transport *t, struct channel *c);
uint32_t transport_opened_id(const struct transport *t);

/* The opening that is under way on the session, or NULL: transport_run first
 * brings it to its end. */
void transport_set_opening(struct transport *t, struct channel_opening *o);
bool transport_is_opening(const struct transport *t);

/* Whether the library can forward an agent; asking for that on a channel; and
 * the next channel that the server opened for it, or NULL. */
bool transport_can_forward_agent(void);
int transport_request_agent(LIBSSH2_CHANNEL *raw);
LIBSSH2_CHANNEL *transport_take_agent(struct transport *t);

#endif
