#include "ssh/auth.h"

#include <errno.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "ssh/agent.h"

enum { AUTH_BLOB_MAX = 16384, AUTH_TRIED_MAX = 512 };

/* The state of one login. */
struct login {
	struct transport *t;
	const struct settings *s;
	struct keyring *keys;
	const struct deadline *d;
	int offered;
	bool ended; /* the server takes no more */
	struct buf notes; /* keys that could not be used, for the message */
};

/* What is offered now. */
struct offer {
	struct login *l;
	struct blob blob;
	const struct key *key; /* NULL: the agent has it */
	struct fault fault; /* of signing */
	uint8_t *shown; /* the blob as the library is given it */
	void *self;
};

static bool
is_rsa(const struct blob *blob)
{
	struct blob b = *blob, type;

	return !blob_get_string(&b, &type) && blob_is(&type, "ssh-rsa");
}

/* What is signed (RFC 4252, section 7): string session, byte 50, string user,
 * string service, string "publickey", boolean, string algorithm, … */
static int
signed_algorithm(const struct blob *data, struct blob *algorithm)
{
	struct blob b = *data, skipped;
	uint8_t byte;

	if (blob_get_string(&b, &skipped) || blob_get_u8(&b, &byte) ||
	    blob_get_string(&b, &skipped) || blob_get_string(&b, &skipped) ||
	    blob_get_string(&b, &skipped) || blob_get_u8(&b, &byte))
		return -1;
	return blob_get_string(&b, algorithm);
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
	if (o->key)
		return key_sign(o->key, &algorithm, data, signature, &o->fault);
	request = (struct agent_request){.path = l->s->agent_path,
	    .wait = transport_waits(l->t),
	    .deadline = l->d,
	    .key = o->blob,
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
	    o->l->s->user, o->shown, o->blob.n, sign_callback, &o->self);
}

/* Libraries before 1.11 take the signature algorithm from the blob: they are
 * shown one that begins with the name we want, and find the true one when
 * they send it (transport_swap_key). */
static void
show_rsa_sha2(struct offer *o)
{
	static const char name[] = "rsa-sha2-256";
	struct buf shown;

	buf_init(&shown, AUTH_BLOB_MAX);
	blob_put_text(&shown, name);
	if (shown.len <= o->blob.n) {
		memcpy(o->shown, shown.data, shown.len);
		transport_swap_key(o->l->t, o->shown, o->blob.p, o->blob.n);
	}
	buf_release(&shown);
}

/* 1: logged in; 0: not accepted; -1: the connection is of no use. */
static int
offer_key(struct login *l, struct blob blob, const struct key *key,
    const char *name, struct fault *f)
{
	struct offer o = {.l = l, .blob = blob, .key = key};
	int rc;

	o.self = &o;
	o.shown = mem_alloc(blob.n, 1);
	memcpy(o.shown, blob.p, blob.n);
	if (is_rsa(&blob) && transport_needs_key_swap())
		show_rsa_sha2(&o);
	l->offered++;
	rc = transport_run(l->t, offer_step, &o, l->d, f);
	mem_free(o.shown);
	diag_verbose(1, "%s: key %s: %s", l->s->host, name,
	    rc ? "not accepted" : "accepted");
	if (rc == 0)
		return 1;
	if (o.fault.class != FAULT_NONE)
		buf_printf(&l->notes, "; %s: %s", name, o.fault.text);
	return f->class == FAULT_NONE ? 0 : -1;
}

static bool
same(const struct blob *a, const struct blob *b)
{
	return a->n && a->n == b->n && !memcmp(a->p, b->p, a->n);
}

/* The public half of an identity file: from PATH.pub, or the key itself. */
static struct blob
public_of(struct login *l, const char *path)
{
	struct blob blob = keyring_public(l->keys, path);
	const struct key *key;
	struct fault ignored;

	if (blob.n)
		return blob;
	key = keyring_file(l->keys, path, &ignored);
	return key ? key_blob(key) : blob;
}

static bool
is_identity(struct login *l, const struct blob *blob)
{
	const struct words *files = &l->s->identity_files;
	size_t i;

	for (i = 0; i < files->count; i++) {
		struct blob b = public_of(l, files->items[i]);

		if (same(&b, blob))
			return true;
	}
	return false;
}

/* Certificates and keys on tokens need more than a blob and a signature. */
static bool
is_plain_type(struct blob blob)
{
	struct blob type;

	return !blob_get_string(&blob, &type) &&
	    (blob_is(&type, "ssh-ed25519") || blob_is(&type, "ssh-rsa") ||
		(type.n == 19 && !memcmp(type.p, "ecdsa-sha2-nistp", 16)));
}

/* Those among the identity files, or those that are not. */
static int
try_agent(struct login *l, bool identities, struct fault *f)
{
	struct fault agent = {0};
	struct blob blob;
	size_t i;

	if (!l->s->agent_path)
		return 0;
	for (i = 0; !l->ended; i++) {
		int ret;

		blob = keyring_agent(l->keys, l->s->agent_path, i,
		    transport_waits(l->t), &agent);
		if (!blob.n)
			break;
		if (!is_plain_type(blob) || is_identity(l, &blob) != identities)
			continue;
		ret = offer_key(l, blob, NULL, "of the agent", f);
		if (ret)
			return ret;
	}
	if (agent.class != FAULT_NONE && identities)
		diag_verbose(1, "%s: %s", l->s->host, agent.text);
	return 0;
}

static bool
agent_has(struct login *l, const struct blob *blob)
{
	struct fault ignored;
	struct blob b;
	size_t i;

	if (!l->s->agent_path)
		return false;
	for (i = 0;; i++) {
		b = keyring_agent(l->keys, l->s->agent_path, i,
		    transport_waits(l->t), &ignored);
		if (!b.n)
			return false;
		if (same(&b, blob))
			return true;
	}
}

static int
try_file(struct login *l, const char *path, struct fault *f)
{
	struct fault why = {0};
	const struct key *key = keyring_file(l->keys, path, &why);
	struct blob blob;

	if (!key) {
		if (why.error != ENOENT || !l->s->identity_files_default)
			buf_printf(&l->notes, "; %s", why.text);
		return 0;
	}
	blob = key_blob(key);
	if (agent_has(l, &blob))
		return 0;
	return offer_key(l, blob, key, path, f);
}

static int
try_files(struct login *l, struct fault *f)
{
	const struct words *files = &l->s->identity_files;
	size_t i;
	int ret = 0;

	for (i = 0; i < files->count && !ret; i++)
		ret = try_file(l, files->items[i], f);
	return ret;
}

static int
try_keys(struct login *l, struct fault *f)
{
	int ret = try_agent(l, true, f);

	if (!ret && !l->s->identities_only)
		ret = try_agent(l, false, f);
	return ret ? ret : try_files(l, f);
}

struct list_request {
	struct transport *t;
	const char *user;
	char *list;
};

static int
list_step(void *arg)
{
	struct list_request *r = arg;
	LIBSSH2_SESSION *s = transport_session(r->t);

	r->list =
	    libssh2_userauth_list(s, r->user, (unsigned int)strlen(r->user));
	if (r->list || libssh2_userauth_authenticated(s))
		return 0;
	return libssh2_session_last_errno(s);
}

/* The server may let a user in without asking, or tell what it wants. */
static int
try_none(struct login *l, struct buf *methods, struct fault *f)
{
	struct list_request r = {.t = l->t, .user = l->s->user};

	if (transport_run(l->t, list_step, &r, l->d, f))
		return f->class == FAULT_NONE ? 0 : -1;
	if (!r.list)
		return 1;
	buf_puts(methods, r.list);
	return 0;
}

static int
refused(struct login *l, const struct buf *methods, struct fault *f)
{
	const char *what =
	    l->offered ? "no key was accepted" : "there was no key to offer";

	if (methods->len)
		return fault_set(f, FAULT_AUTH, 0,
		    "authentication: %s as %s (the server wants %s)%s", what,
		    l->s->user, buf_str(methods), buf_str(&l->notes));
	return fault_set(f, FAULT_AUTH, 0, "authentication: %s as %s%s", what,
	    l->s->user, buf_str(&l->notes));
}

static int
login(struct login *l, struct fault *f)
{
	struct buf methods;
	int ret = l->s->pubkey_authentication ? try_keys(l, f) : 0;

	buf_init(&methods, 1024);
	if (!ret)
		ret = try_none(l, &methods, f);
	/* after too many keys, the server hangs up instead of answering */
	if (ret < 0 && f->class == FAULT_LOST && l->offered)
		ret = 0;
	if (!ret)
		refused(l, &methods, f);
	buf_release(&methods);
	return ret > 0 ? 0 : -1;
}

int
auth_login(struct transport *t, const struct settings *s, struct keyring *keys,
    const struct deadline *d, struct fault *f)
{
	struct login l = {.t = t, .s = s, .keys = keys, .d = d};
	int ret;

	buf_init(&l.notes, AUTH_TRIED_MAX);
	ret = login(&l, f);
	buf_release(&l.notes);
	return ret;
}
