#include "ssh/hostkey.h"

#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "ssh/blob.h"

enum { HOSTKEY_TEXT_MAX = 512 };

static struct knownhosts_query
query_for(const struct settings *s)
{
	return (struct knownhosts_query){.hostname = s->hostname,
	    .port = s->port,
	    .alias = s->host_key_alias,
	    .files = {&s->user_known_hosts, &s->global_known_hosts}};
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
	int ret;

	knownhosts_types(keyring_known(keys), &q, &types);
	show_notes(keys);
	ret = transport_offer(t, s, &types, f);
	words_release(&types);
	return ret;
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
		    "-o StrictHostKeyChecking=accept-new accepts and keeps it, "
		    "and so does a line of --fingerprints",
		    shown);
		break;
	}
	mem_free(name);
	return -1;
}

/* Nobody knows the key: somebody is asked, unless it was told before. */
static enum newkeys_verdict
consult(struct transport *t, const struct settings *s,
    const struct access *access, const struct blob *key, struct fault *f)
{
	struct newkeys *new = access->newkeys;
	enum newkeys_verdict verdict;

	if (!new)
		return NEWKEYS_UNKNOWN;
	verdict = newkeys_look(new, s, key);
	if (verdict != NEWKEYS_UNKNOWN || s->batch_mode ||
	    s->strict_host_key_checking != STRICT_ASK)
		return verdict;
	newkeys_gather(new, s, key);
	if (newkeys_ask(new, transport_waits(t), f))
		return NEWKEYS_UNKNOWN;
	if (access->questions)
		atomic_fetch_add(access->questions, 1);
	return newkeys_look(new, s, key);
}

static int
refuse_new(enum newkeys_verdict verdict, const char *shown, struct fault *f)
{
	if (verdict == NEWKEYS_OTHER)
		return fault_set(f, FAULT_HOSTKEY, 0,
		    "host key: is none of those in --fingerprints: %s", shown);
	return fault_set(
	    f, FAULT_HOSTKEY, 0, "host key: was not accepted: %s", shown);
}

static int
check_unknown(struct transport *t, const struct settings *s,
    const struct access *access, const struct blob *key, const char *shown,
    struct fault *f)
{
	struct knownhosts_query q = query_for(s);
	struct knownhosts_answer unknown = {.verdict = KNOWNHOSTS_UNKNOWN};
	enum newkeys_verdict verdict = consult(t, s, access, key, f);

	if (f->class == FAULT_CANCELLED)
		return -1;
	if (verdict == NEWKEYS_OTHER || verdict == NEWKEYS_REFUSED)
		return refuse_new(verdict, shown, f);
	if (verdict == NEWKEYS_ACCEPTED ||
	    s->strict_host_key_checking == STRICT_ACCEPT_NEW ||
	    s->strict_host_key_checking == STRICT_NO)
		return learn(access->keys, s, &q, key, shown, f);
	return refuse(&q, &unknown, shown, f);
}

int
hostkey_shown(struct transport *t, struct blob *key, struct fault *f)
{
	int type;

	key->p = (const uint8_t *)libssh2_session_hostkey(
	    transport_session(t), &key->n, &type);
	if (key->p)
		return 0;
	return fault_set(
	    f, FAULT_HOSTKEY, 0, "host key: the server showed none");
}

bool
hostkey_is_stranger(const struct settings *s, const struct access *access)
{
	struct knownhosts_query q = query_for(s);
	struct words types = {0};
	bool none;

	knownhosts_types(keyring_known(access->keys), &q, &types);
	none = types.count == 0;
	words_release(&types);
	return none;
}

int
hostkey_check(struct transport *t, const struct settings *s,
    const struct access *access, struct fault *f)
{
	struct knownhosts_query q = query_for(s);
	struct knownhosts_answer a;
	struct buf shown;
	struct blob key;
	int ret = 0;

	fault_clear(f);
	if (hostkey_shown(t, &key, f))
		return -1;
	a = knownhosts_check(keyring_known(access->keys), &q, key.p, key.n);
	buf_init(&shown, HOSTKEY_TEXT_MAX);
	newkeys_describe(&shown, &key);
	if (a.verdict == KNOWNHOSTS_UNKNOWN)
		ret = check_unknown(t, s, access, &key, buf_str(&shown), f);
	else if (a.verdict != KNOWNHOSTS_KNOWN)
		ret = refuse(&q, &a, buf_str(&shown), f);
	buf_release(&shown);
	return ret;
}
