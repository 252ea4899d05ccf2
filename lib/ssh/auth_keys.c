/*
 * publickey: the keys that were gathered are offered one by one.
 */
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "ssh/agent.h"
#include "ssh/auth_internal.h"
#include "ssh/certificate.h"

enum {
	AUTH_BLOB_MAX = 65536,
	AUTH_NAME_MAX = 512,
	AUTH_TOUCH_MS = 120000, /* for a person to find the token */
	AUTH_LATE_MS = 2000 /* after which a server may have given up */
};

/* What is offered now. */
struct offer {
	struct login *l;
	const struct auth_candidate *c;
	const struct key *key; /* NULL: the agent's, or locked */
	struct fault fault; /* of signing */
	uint8_t *shown; /* the blob as the library is given it */
	void *self;
	bool asked; /* somebody was, by the agent */
	bool late; /* they took their time */
};

/* What is signed (RFC 4252, section 7): string session, byte 50, string user,
 * string service, string "publickey", boolean, string algorithm, … */
static int
split_data(struct blob b, struct sign_data *data)
{
	struct blob skipped;
	uint8_t byte;

	if (blob_get_string(&b, &skipped))
		return -1;
	data->packet = b;
	if (blob_get_u8(&b, &byte) || blob_get_string(&b, &skipped) ||
	    blob_get_string(&b, &skipped) || blob_get_string(&b, &skipped) ||
	    blob_get_u8(&b, &byte) || blob_get_string(&b, &data->method))
		return -1;
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

/* string algorithm, string what the key makes */
static int
sign_with_file(struct offer *o, const struct blob *algorithm,
    const struct blob *data, struct buf *signature)
{
	struct buf made;
	int ret = -1;

	buf_init(&made, AUTH_BLOB_MAX);
	if (unlock(o) && !key_sign(o->key, algorithm, data, &made, &o->fault)) {
		blob_put_string(signature, algorithm->p, algorithm->n);
		ret = blob_put_string(signature, made.data, made.len);
	}
	buf_release(&made);
	return ret;
}

/* As ssh-keygen shows a key. */
static void
put_name(struct buf *to, const struct auth_candidate *c)
{
	if (c->path)
		buf_puts(to, c->path);
	else
		newkeys_describe(to, &c->key);
}

/* The agent awaits somebody. */
static void
tell_slow(void *arg)
{
	struct offer *o = arg;
	struct buf name;

	buf_init(&name, AUTH_NAME_MAX);
	put_name(&name, o->c);
	if (auth_is_token(&o->c->key))
		diag_note("%s: waiting for the token to be touched: %s",
		    o->l->s->host, buf_str(&name));
	else
		diag_note("%s: waiting for ssh-agent, which may ask whether "
			  "the key may be used: %s",
		    o->l->s->host, buf_str(&name));
	o->asked = true;
	buf_release(&name);
}

/* One that is silent here would be so for all other hosts. */
static int
ask_agent(struct offer *o, const struct blob *algorithm,
    const struct blob *data, struct buf *signature)
{
	struct login *l = o->l;
	struct deadline d = deadline_in(AUTH_TOUCH_MS, "signature", NULL);
	struct agent_request request = {.path = l->s->agent_path,
	    .wait = transport_waits(l->t),
	    .deadline = &d,
	    .slow = tell_slow,
	    .arg = o,
	    .key = o->c->key,
	    .algorithm = *algorithm,
	    .data = *data};
	struct fault failed = {0};
	int ret;

	(void)keyring_agent(l->access->keys, l->s->agent_path, 0,
	    transport_waits(l->t), &failed);
	if (failed.class != FAULT_NONE) {
		o->fault = failed;
		return -1;
	}
	ret = agent_sign(&request, signature, &o->fault);
	if (ret && o->fault.class == FAULT_AUTH && deadline_left(&d) == 0)
		keyring_agent_failed(
		    l->access->keys, l->s->agent_path, &o->fault);
	return ret;
}

static int
sign_with_agent(struct offer *o, const struct blob *algorithm,
    const struct blob *data, struct buf *signature)
{
	struct login *l = o->l;
	struct keyring *keys = l->access->keys;
	bool token = auth_is_token(&o->c->key);
	int64_t begun = clock_now();
	int ret;

	if (token && keyring_take_token(keys, transport_waits(l->t), &o->fault))
		return -1;
	ret = ask_agent(o, algorithm, data, signature);
	if (token)
		keyring_give_token(keys);
	if (token || o->asked)
		auth_asked(l);
	o->late = clock_now() - begun >= AUTH_LATE_MS;
	return ret;
}

static int
sign(struct offer *o, const struct blob *data, struct blob *given)
{
	struct sign_data parts;
	struct blob algorithm, whole;
	struct buf signature;
	int ret;

	if (split_data(*data, &parts))
		return fault_set(
		    &o->fault, FAULT_AUTH, 0, "unexpected data to sign");
	algorithm = parts.method;
	certificate_plain(&algorithm);
	buf_init(&signature, AUTH_BLOB_MAX);
	if (o->c->path)
		ret = sign_with_file(o, &algorithm, data, &signature);
	else
		ret = sign_with_agent(o, &algorithm, data, &signature);
	whole = (struct blob){(uint8_t *)signature.data, signature.len};
	if (!ret && transport_give_signature(o->l->t, &parts, &whole, given))
		ret = fault_set(&o->fault, FAULT_AUTH, 0,
		    "libssh2 %s cannot send its signature",
		    transport_library());
	buf_release(&signature);
	return ret;
}

static int
sign_callback(LIBSSH2_SESSION *session, unsigned char **sig, size_t *sig_len,
    const unsigned char *data, size_t data_len, void **abstract)
{
	struct offer *o = *abstract;
	struct blob to_sign = {data, data_len}, given = {NULL, 0};

	(void)session;
	if (sign(o, &to_sign, &given))
		return -1;
	*sig = (unsigned char *)(uintptr_t)given.p;
	*sig_len = given.n;
	return 0;
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
show_rsa_sha2(struct offer *o, const char *algorithm)
{
	const char *accepted = o->l->s->pubkey_accepted_algorithms;
	struct buf shown;

	/* an old server, by the user's own word */
	if (accepted && *accepted != '-' && strstr(accepted, "ssh-rsa") &&
	    transport_lacks_rsa_sha2(o->l->t))
		return;
	buf_init(&shown, AUTH_BLOB_MAX);
	blob_put_text(&shown, algorithm);
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

static void
show(struct offer *o)
{
	const struct blob *blob = &o->c->blob;
	struct blob type = blob_type(*blob);

	memcpy(o->shown, blob->p, blob->n);
	transport_expect_key(o->l->t);
	if (!transport_needs_key_swap())
		return;
	if (blob_is(&type, "ssh-rsa"))
		show_rsa_sha2(o, "rsa-sha2-256");
	else if (blob_is(&type, "ssh-rsa-cert-v01@openssh.com"))
		show_rsa_sha2(o, "rsa-sha2-256-cert-v01@openssh.com");
}

/* Nothing was sent where we could not sign: the connection is still good. */
static enum auth_result
fail_to_sign(const struct offer *o, const char *name, struct fault *f)
{
	if (o->fault.class == FAULT_CANCELLED) {
		*f = o->fault;
		return AUTH_FAULT;
	}
	fault_clear(f);
	buf_printf(&o->l->notes, "; %s: %s", name, o->fault.text);
	return AUTH_FAILED;
}

static enum auth_result
offer(struct login *l, const struct auth_candidate *c, struct fault *f)
{
	struct offer o = {.l = l, .c = c};
	struct fault ignored;
	enum auth_result r;
	struct buf name;
	int rc;

	if (c->path)
		o.key = keyring_file(l->access->keys, c->path, &ignored);
	buf_init(&name, AUTH_NAME_MAX);
	put_name(&name, c);
	o.self = &o;
	o.shown = mem_alloc(c->blob.n, 1);
	show(&o);
	l->offered++;
	r = auth_request(l, offer_step, &o, &rc, f);
	mem_free(o.shown);
	diag_verbose(1, "%s: key %s: %s", l->s->host, buf_str(&name),
	    r > AUTH_FAILED ? "accepted" : "not accepted");
	/* a server that had enough of waiting has not refused it */
	if (r != AUTH_FAULT || !o.late)
		note_tried(l, &c->blob);
	if (r > AUTH_FAILED)
		keyring_set_accepted(l->access->keys, &c->blob);
	else if (o.fault.class != FAULT_NONE)
		r = fail_to_sign(&o, buf_str(&name), f);
	buf_release(&name);
	return r;
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
