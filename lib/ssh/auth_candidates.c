/*
 * What may be offered: certificates, keys of the agent that stand among the
 * identity files, further keys of the agent unless IdentitiesOnly, then the
 * files.  The key that was accepted last, by whichever host, comes first, so
 * that many keys cost one host their tries, not all.
 */
#include <errno.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "ssh/alglist.h"
#include "ssh/auth_internal.h"
#include "ssh/certificate.h"

static const char algorithms[] =
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
    "sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,"
    "rsa-sha2-512,rsa-sha2-256";

static bool
is_known(const struct blob *type)
{
	char *name = mem_strndup((const char *)type->p, type->n);
	bool known = alglist_has(algorithms, name);

	mem_free(name);
	return known;
}

bool
auth_is_token(const struct blob *key)
{
	struct blob type = blob_type(*key);

	return certificate_is_token(&type);
}

/* Whether we can log in with it; if not, why is noted. */
static bool
is_usable(struct login *l, const struct blob *blob, const char *name)
{
	struct blob type = blob_type(*blob), plain = type;
	bool usable;

	certificate_plain(&plain);
	usable = blob_is(&plain, "ssh-rsa") || is_known(&plain);
	if (!usable)
		buf_printf(&l->notes, "; %s: cannot log in with %.*s", name,
		    (int)type.n, type.n ? (const char *)type.p : "");
	return usable;
}

/* PubkeyAcceptedAlgorithms, where it was given: of an RSA key, any of its
 * algorithms will do. */
static bool
is_allowed(const struct login *l, const struct blob *blob)
{
	const char *given = l->s->pubkey_accepted_algorithms;
	struct blob type = blob_type(*blob);
	struct buf list, supported;
	char *name;
	bool allowed;

	if (!given)
		return true;
	certificate_plain(&type);
	name = mem_strndup((const char *)type.p, type.n);
	buf_init(&list, 65536);
	buf_init(&supported, 1024);
	buf_printf(&supported, "%s,ssh-rsa", algorithms);
	alglist_make(&list, given, algorithms, buf_str(&supported));
	buf_release(&supported);
	allowed = alglist_has(buf_str(&list), name) ||
	    (!strcmp(name, "ssh-rsa") && strstr(buf_str(&list), "rsa-sha2-"));
	buf_release(&list);
	mem_free(name);
	return allowed;
}

static void
add(struct login *l, struct auth_candidates *all, struct auth_candidate c)
{
	size_t i;

	for (i = 0; i < all->n; i++) {
		if (blob_same(&all->items[i].blob, &c.blob))
			return;
	}
	if (all->n < AUTH_CANDIDATES && is_allowed(l, &c.blob) &&
	    is_usable(l, &c.blob, c.path ? c.path : "a key of the agent"))
		all->items[all->n++] = c;
}

/* The public half of an identity file.  One that is encrypted and does not
 * show it has to be opened first. */
static struct blob
public_of(struct login *l, const char *path, bool open)
{
	struct keyring *keys = l->access->keys;
	struct blob blob = keyring_public(keys, path);
	const struct key *key;
	struct fault why = {0};

	if (blob.n)
		return blob;
	key = keyring_file(keys, path, &why);
	if (!key && open && keyring_is_locked(keys, path) &&
	    !l->s->batch_mode) {
		key = keyring_unlock(keys, path, transport_waits(l->t), &why);
		auth_asked(l);
	}
	if (!key && open &&
	    (why.error != ENOENT || !l->s->identity_files_default))
		buf_printf(&l->notes, "; %s", why.text);
	return key ? key_blob(key) : blob;
}

static bool
is_identity(struct login *l, const struct blob *blob)
{
	const struct words *files = &l->s->identity_files;
	size_t i;

	for (i = 0; i < files->count; i++) {
		struct blob b = public_of(l, files->items[i], false);

		if (blob_same(&b, blob))
			return true;
	}
	return false;
}

/* Key number i of the agent, or an empty one. */
static struct blob
agent_key(const struct login *l, size_t i, struct fault *why)
{
	if (!l->s->agent_path)
		return (struct blob){NULL, 0};
	return keyring_agent(
	    l->access->keys, l->s->agent_path, i, transport_waits(l->t), why);
}

static bool
agent_has(const struct login *l, const struct blob *key)
{
	struct fault ignored;
	struct blob blob;
	size_t i;

	for (i = 0; (blob = agent_key(l, i, &ignored)).n; i++) {
		if (blob_same(&blob, key))
			return true;
	}
	return false;
}

/* Those among the identity files, or those that are not. */
static void
add_agent(struct login *l, struct auth_candidates *all, bool identities)
{
	struct fault why = {0};
	struct blob blob;
	size_t i;

	for (i = 0; (blob = agent_key(l, i, &why)).n; i++) {
		if (is_identity(l, &blob) == identities)
			add(l, all,
			    (struct auth_candidate){.blob = blob, .key = blob});
	}
	if (why.class != FAULT_NONE && identities)
		buf_printf(&l->notes, "; %s", why.text);
}

/* A certificate for the key of an identity file. */
static void
add_certificate(struct login *l, struct auth_candidates *all, const char *path,
    const char *identity, bool wanted)
{
	struct blob cert = keyring_certificate(l->access->keys, path);
	struct blob key = public_of(l, identity, false);
	struct auth_candidate c = {.blob = cert, .key = key};

	if (!cert.n && wanted)
		buf_printf(&l->notes, "; %s: not a certificate", path);
	if (!cert.n || !key.n || !certificate_is_of(&cert, &key))
		return;
	/* ssh-add gives both to the agent, but somebody may have taken one */
	if (!agent_has(l, &key) && agent_has(l, &cert))
		c.key = cert;
	else if (!agent_has(l, &key))
		c.path = identity;
	add(l, all, c);
}

static void
add_certificates(struct login *l, struct auth_candidates *all)
{
	const struct words *files = &l->s->identity_files;
	const struct words *certs = &l->s->certificate_files;
	size_t i, j;

	for (i = 0; i < files->count; i++) {
		char *path = mem_printf("%s-cert.pub", files->items[i]);

		for (j = 0; j < certs->count; j++)
			add_certificate(
			    l, all, certs->items[j], files->items[i], true);
		add_certificate(l, all, path, files->items[i], false);
		mem_free(path);
	}
}

static bool
is_public_file(const char *path)
{
	size_t n = strlen(path);

	return n > 4 && !strcmp(path + n - 4, ".pub");
}

static void
add_file(struct login *l, struct auth_candidates *all, const char *path)
{
	struct keyring *keys = l->access->keys;
	struct blob blob = public_of(l, path, true);
	struct fault why = {0};

	if (!blob.n || agent_has(l, &blob))
		return;
	if (auth_is_token(&blob)) {
		if (!is_public_file(path))
			buf_printf(&l->notes,
			    "; %s: a token's key has to be in an agent "
			    "(ssh-add %s)",
			    path, path);
		return;
	}
	/* a public half alone says which key of the agent is meant */
	if (!keyring_file(keys, path, &why) && !keyring_is_locked(keys, path)) {
		if (why.error != ENOENT && !is_public_file(path))
			buf_printf(&l->notes, "; %s", why.text);
		return;
	}
	if (l->s->batch_mode && keyring_is_locked(keys, path)) {
		buf_printf(&l->notes,
		    "; %s: has a passphrase, and BatchMode forbids to ask",
		    path);
		return;
	}
	add(l, all,
	    (struct auth_candidate){.blob = blob, .key = blob, .path = path});
}

void
auth_gather(struct login *l, struct auth_candidates *all)
{
	const struct words *files = &l->s->identity_files;
	struct blob last = keyring_accepted(l->access->keys);
	size_t i;

	add_certificates(l, all);
	add_agent(l, all, true);
	if (!l->s->identities_only)
		add_agent(l, all, false);
	for (i = 0; i < files->count; i++)
		add_file(l, all, files->items[i]);
	for (i = 1; i < all->n; i++) {
		struct auth_candidate c = all->items[i];

		if (!blob_same(&c.blob, &last))
			continue;
		memmove(all->items + 1, all->items, i * sizeof(c));
		all->items[0] = c;
		break;
	}
}
