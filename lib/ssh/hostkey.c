#include "ssh/hostkey.h"

#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "ssh/blob.h"
#include "ssh/fingerprint.h"

enum { HOSTKEY_NAMES = 32, HOSTKEY_TEXT_MAX = 512 };

/* Our order for hosts of which nothing is known. */
static const char *const default_order[] = {"ssh-ed25519",
    "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
    "ssh-rsa"};

/* Signature algorithms that go with a type of key (RFC 8332). */
static const char *const rsa_names[] = {
    "rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"};

static struct knownhosts_query
query_for(const struct settings *s)
{
	return (struct knownhosts_query){.hostname = s->hostname,
	    .port = s->port,
	    .alias = s->host_key_alias,
	    .files = {&s->user_known_hosts, &s->global_known_hosts}};
}

struct names {
	const char *list[HOSTKEY_NAMES];
	size_t n;
};

static void
add_name(struct names *names, const char *name)
{
	size_t i;

	for (i = 0; i < names->n; i++) {
		if (!strcmp(names->list[i], name))
			return;
	}
	if (names->n < HOSTKEY_NAMES)
		names->list[names->n++] = name;
}

static void
add_type(struct names *names, const char *type)
{
	size_t i;

	if (strcmp(type, "ssh-rsa")) {
		add_name(names, type);
		return;
	}
	for (i = 0; i < sizeof(rsa_names) / sizeof(rsa_names[0]); i++)
		add_name(names, rsa_names[i]);
}

static void
show_notes(struct keyring *keys)
{
	struct buf notes;

	buf_init(&notes, 65536);
	knownhosts_take_notes(keyring_known(keys), &notes);
	if (notes.len)
		diag_verbose(1, "%s", buf_str(&notes));
	buf_release(&notes);
}

int
hostkey_prefer(struct transport *t, const struct settings *s,
    struct keyring *keys, struct fault *f)
{
	struct knownhosts_query q = query_for(s);
	struct words types = {0};
	struct names names = {.n = 0};
	size_t i;
	int ret;

	knownhosts_types(keyring_known(keys), &q, &types);
	show_notes(keys);
	for (i = 0; i < types.count; i++)
		add_type(&names, types.items[i]);
	for (i = 0; i < sizeof(default_order) / sizeof(default_order[0]); i++)
		add_type(&names, default_order[i]);
	ret = transport_prefer_hostkeys(t, names.list, names.n, f);
	words_release(&types);
	return ret;
}

/* What was shown: "ssh-ed25519 SHA256:…" */
static void
describe(struct buf *to, const void *blob, size_t n)
{
	size_t len;
	const char *type = knownhosts_blob_type(blob, n, &len);

	buf_printf(to, "%.*s ", type ? (int)len : 7, type ? type : "unknown");
	fingerprint_print(to, blob, n);
}

static int
learn(struct keyring *keys, const struct settings *s,
    const struct knownhosts_query *q, const struct blob *key, const char *shown,
    struct fault *f)
{
	if (s->strict_host_key_checking == STRICT_NO)
		diag_error("%s: warning: its unknown host key is accepted: %s",
		    s->host, shown);
	if (s->user_known_hosts.count == 0)
		return 0;
	if (knownhosts_add(keyring_known(keys), q, s->hash_known_hosts, key->p,
		key->n, f)) {
		f->class = FAULT_HOSTKEY;
		return fault_prefix(f, "host key");
	}
	diag_verbose(1, "%s: host key learned: %s", s->host, shown);
	return 0;
}

static int
refuse(const struct knownhosts_query *q, const struct knownhosts_answer *a,
    const char *shown, struct fault *f)
{
	char *name = knownhosts_name(q);

	switch (a->verdict) {
	case KNOWNHOSTS_REVOKED:
		fault_set(f, FAULT_HOSTKEY, 0,
		    "host key: is revoked (%s), %s line %d", shown, a->file,
		    a->line);
		break;
	case KNOWNHOSTS_CHANGED:
		fault_set(f, FAULT_HOSTKEY, 0,
		    "host key: has changed (%s), %s line %d: somebody may be "
		    "in between; if the host was installed anew: "
		    "ssh-keygen -R '%s' -f %s",
		    shown, a->file, a->line, name, a->file);
		break;
	case KNOWNHOSTS_OTHER_TYPE:
		fault_set(f, FAULT_HOSTKEY, 0,
		    "host key: it shows %s, but is known by a key of another "
		    "type, %s line %d; libssh2 %s may not know that type",
		    shown, a->file, a->line, transport_library());
		break;
	case KNOWNHOSTS_UNKNOWN:
	case KNOWNHOSTS_KNOWN:
		fault_set(f, FAULT_HOSTKEY, 0,
		    "host key: is not known: %s; if that is the host's, "
		    "-o StrictHostKeyChecking=accept-new accepts and keeps it",
		    shown);
		break;
	}
	mem_free(name);
	return -1;
}

int
hostkey_check(struct transport *t, const struct settings *s,
    struct keyring *keys, struct fault *f)
{
	struct knownhosts_query q = query_for(s);
	struct knownhosts_answer a;
	struct buf shown;
	struct blob key;
	int type, ret = 0;

	key.p = (const uint8_t *)libssh2_session_hostkey(
	    transport_session(t), &key.n, &type);
	if (!key.p)
		return fault_set(
		    f, FAULT_HOSTKEY, 0, "host key: the server showed none");
	a = knownhosts_check(keyring_known(keys), &q, key.p, key.n);
	buf_init(&shown, HOSTKEY_TEXT_MAX);
	describe(&shown, key.p, key.n);
	if (a.verdict == KNOWNHOSTS_UNKNOWN &&
	    (s->strict_host_key_checking == STRICT_ACCEPT_NEW ||
		s->strict_host_key_checking == STRICT_NO))
		ret = learn(keys, s, &q, &key, buf_str(&shown), f);
	else if (a.verdict != KNOWNHOSTS_KNOWN)
		ret = refuse(&q, &a, buf_str(&shown), f);
	buf_release(&shown);
	return ret;
}
