/*
 * publickey: the keys that were gathered are offered one by one.
 */
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "ssh/agent.h"
#include "ssh/auth_internal.h"
#include "ssh/certificate.h"

enum { AUTH_BLOB_MAX = 65536 };

/* What is offered now. */
struct offer {
	struct login *l;
	const struct auth_candidate *c;
	const struct key *key; /* NULL: the agent's, or locked */
	struct fault fault; /* of signing */
	uint8_t *shown; /* the blob as the library is given it */
	void *self;
};

/* What is signed (RFC 4252, section 7): string session, byte 50, string user,
 * string service, string "publickey", boolean, string algorithm, … */
static int
signed_algorithm(const struct blob *data, struct blob *algorithm)
{
	struct blob b = *data, skipped;
	uint8_t byte;

	if (blob_get_string(&b, &skipped) || blob_get_u8(&b, &byte) ||
	    blob_get_string(&b, &skipped) || blob_get_string(&b, &skipped) ||
	    blob_get_string(&b, &skipped) || blob_get_u8(&b, &byte) ||
	    blob_get_string(&b, algorithm))
		return -1;
	certificate_plain(algorithm);
	return 0;
}

/* The key of a candidate, whose passphrase is asked for now that a host would
 * take it. */
static const struct key *
unlock(struct offer *o)
{
	struct login *l = o->l;

	if (!o->key && o->c->path) {
		o->key = keyring_unlock(l->access->keys, o->c->path,
		    transport_waits(l->t), &o->fault);
		auth_asked(l);
	}
	return o->key;
}

static int
sign(struct offer *o, const struct blob *data, struct buf *signature)
{
	struct login *l = o->l;
	struct agent_request request;
	struct blob algorithm;

	if (signed_algorithm(data, &algorithm))
		return fault_set(
		    &o->fault, FAULT_AUTH, 0, "unexpected data to sign");
	if (o->c->path)
		return unlock(o)
		    ? key_sign(o->key, &algorithm, data, signature, &o->fault)
		    : -1;
	request = (struct agent_request){.path = l->s->agent_path,
	    .wait = transport_waits(l->t),
	    .deadline = &l->d,
	    .key = o->c->blob,
	    .algorithm = algorithm,
	    .data = *data};
	return agent_sign(&request, signature, &o->fault);
}

static int
sign_callback(LIBSSH2_SESSION *session, unsigned char **sig, size_t *sig_len,
    const unsigned char *data, size_t data_len, void **abstract)
{
	struct offer *o = *abstract;
	struct blob to_sign = {data, data_len};
	struct buf signature;
	int ret;

	(void)session;
	buf_init(&signature, AUTH_BLOB_MAX);
	ret = sign(o, &to_sign, &signature);
	if (!ret) {
		*sig = transport_alloc(o->l->t, signature.len);
		*sig_len = signature.len;
		memcpy(*sig, buf_str(&signature), signature.len);
	}
	buf_release(&signature);
	return ret;
}

static int
offer_step(void *arg)
{
	struct offer *o = arg;

	return libssh2_userauth_publickey(transport_session(o->l->t),
	    o->l->s->user, o->shown, o->c->blob.n, sign_callback, &o->self);
}

/* Libraries before 1.11 take the signature algorithm from the blob: they are
 * shown one that begins with the name we want, and find the true one when
 * they send it (transport_swap_key). */
static void
show_rsa_sha2(struct offer *o)
{
	const char *accepted = o->l->s->pubkey_accepted_algorithms;
	struct buf shown;

	/* an old server, by the user's own word */
	if (accepted && *accepted != '-' && strstr(accepted, "ssh-rsa") &&
	    transport_lacks_rsa_sha2(o->l->t))
		return;
	buf_init(&shown, AUTH_BLOB_MAX);
	blob_put_text(&shown, "rsa-sha2-256");
	if (shown.len <= o->c->blob.n) {
		memcpy(o->shown, shown.data, shown.len);
		transport_swap_key(
		    o->l->t, o->shown, o->c->blob.p, o->c->blob.n);
	}
	buf_release(&shown);
}

static void
note_tried(struct login *l, const struct blob *blob)
{
	if (l->tried->n < AUTH_TRIED_MAX)
		l->tried->keys[l->tried->n++] = *blob;
}

static bool
was_tried(const struct login *l, const struct blob *blob)
{
	size_t i;

	for (i = 0; i < l->tried->n; i++) {
		if (blob_same(&l->tried->keys[i], blob))
			return true;
	}
	return false;
}

static enum auth_result
offer(struct login *l, const struct auth_candidate *c, struct fault *f)
{
	struct offer o = {.l = l, .c = c};
	const char *name = c->path ? c->path : "of the agent";
	struct blob type = blob_type(c->blob);
	struct fault ignored;
	enum auth_result r;
	int rc;

	if (c->path)
		o.key = keyring_file(l->access->keys, c->path, &ignored);
	o.self = &o;
	o.shown = mem_alloc(c->blob.n, 1);
	memcpy(o.shown, c->blob.p, c->blob.n);
	if (blob_is(&type, "ssh-rsa") && transport_needs_key_swap())
		show_rsa_sha2(&o);
	l->offered++;
	r = auth_request(l, offer_step, &o, &rc, f);
	mem_free(o.shown);
	diag_verbose(1, "%s: key %s: %s", l->s->host, name,
	    r > AUTH_FAILED ? "accepted" : "not accepted");
	note_tried(l, &c->blob);
	if (r > AUTH_FAILED)
		keyring_set_accepted(l->access->keys, &c->blob);
	if (o.fault.class == FAULT_NONE || r > AUTH_FAILED)
		return r;
	if (o.fault.class == FAULT_CANCELLED) {
		*f = o.fault;
		return AUTH_FAULT;
	}
	/* nothing was sent: the connection is still good */
	buf_printf(&l->notes, "; %s: %s", name, o.fault.text);
	return AUTH_FAILED;
}

enum auth_result
auth_try_keys(struct login *l, struct fault *f)
{
	struct auth_candidates *all = mem_alloc(1, sizeof(*all));
	enum auth_result r = AUTH_FAILED;
	size_t i;

	l->keys_wanted = true;
	auth_gather(l, all);
	for (i = 0; i < all->n && r == AUTH_FAILED; i++) {
		if (!was_tried(l, &all->items[i].blob))
			r = offer(l, &all->items[i], f);
	}
	mem_free(all);
	return r;
}
