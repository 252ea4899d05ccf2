#include "ssh/keyring.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "base/secret.h"
#include "ssh/agent.h"
#include "ssh/keyfile.h"

enum { KEYRING_FILE_MAX = 256 * 1024, KEYRING_AGENT_KEYS = 256 };

struct key_entry {
	char *path;
	struct key *key; /* NULL: fault says why */
	struct fault fault;
	struct key_entry *next;
};

struct public_entry {
	char *path;
	struct buf blob;
	struct public_entry *next;
};

struct agent_entry {
	char *path;
	struct buf blobs[KEYRING_AGENT_KEYS];
	size_t n;
	struct fault fault;
	struct agent_entry *next;
};

/* Entries are added and never changed, so what is borrowed stays valid. */
struct keyring {
	pthread_mutex_t lock;
	struct key_entry *keys;
	struct public_entry *publics;
	struct agent_entry *agents;
	struct knownhosts *known;
};

struct keyring *
keyring_new(void)
{
	struct keyring *k = mem_alloc(1, sizeof(*k));

	pthread_mutex_init(&k->lock, NULL);
	k->known = knownhosts_new();
	return k;
}

static void
free_keys(struct key_entry *e)
{
	while (e) {
		struct key_entry *next = e->next;

		key_free(e->key);
		mem_free(e->path);
		mem_free(e);
		e = next;
	}
}

static void
free_publics(struct public_entry *e)
{
	while (e) {
		struct public_entry *next = e->next;

		buf_release(&e->blob);
		mem_free(e->path);
		mem_free(e);
		e = next;
	}
}

static void
free_agents(struct agent_entry *e)
{
	while (e) {
		struct agent_entry *next = e->next;

		while (e->n > 0)
			buf_release(&e->blobs[--e->n]);
		mem_free(e->path);
		mem_free(e);
		e = next;
	}
}

void
keyring_free(struct keyring *k)
{
	if (!k)
		return;
	free_keys(k->keys);
	free_publics(k->publics);
	free_agents(k->agents);
	knownhosts_free(k->known);
	pthread_mutex_destroy(&k->lock);
	mem_free(k);
}

static struct key_entry *
read_key(const char *path)
{
	struct key_entry *e = mem_alloc(1, sizeof(*e));
	struct buf text;
	int encrypted;

	e->path = mem_strdup(path);
	buf_init(&text, KEYRING_FILE_MAX);
	/* all of it at once: what grows leaves copies behind */
	(void)buf_room(&text, KEYRING_FILE_MAX);
	if (fdio_read_file(path, &text, &e->fault)) {
		e->fault.class = FAULT_AUTH;
	} else {
		e->key =
		    key_parse(buf_str(&text), text.len, &encrypted, &e->fault);
		if (!e->key)
			fault_prefix(&e->fault, "%s", path);
	}
	if (text.len)
		secret_wipe(text.data, text.len);
	buf_release(&text);
	return e;
}

const struct key *
keyring_file(struct keyring *k, const char *path, struct fault *f)
{
	struct key_entry *e;

	pthread_mutex_lock(&k->lock);
	for (e = k->keys; e && strcmp(e->path, path); e = e->next)
		continue;
	if (!e) {
		e = read_key(path);
		e->next = k->keys;
		k->keys = e;
	}
	pthread_mutex_unlock(&k->lock);
	if (!e->key)
		*f = e->fault;
	return e->key;
}

/* "type base64 comment" */
static struct public_entry *
read_public(const char *path)
{
	struct public_entry *e = mem_alloc(1, sizeof(*e));
	struct fault ignored;
	struct buf text;
	char *name = mem_printf("%s.pub", path);

	e->path = mem_strdup(path);
	buf_init(&e->blob, KEYRING_FILE_MAX);
	buf_init(&text, KEYRING_FILE_MAX);
	if (!fdio_read_file(name, &text, &ignored)) {
		const char *field = strchr(buf_str(&text), ' ');
		size_t n = field ? strcspn(field + 1, " \r\n") : 0;

		if (n && keyfile_base64(field + 1, n, &e->blob))
			buf_release(&e->blob);
	}
	buf_release(&text);
	mem_free(name);
	return e;
}

struct blob
keyring_public(struct keyring *k, const char *path)
{
	struct public_entry *e;

	pthread_mutex_lock(&k->lock);
	for (e = k->publics; e && strcmp(e->path, path); e = e->next)
		continue;
	if (!e) {
		e = read_public(path);
		e->next = k->publics;
		k->publics = e;
	}
	pthread_mutex_unlock(&k->lock);
	return (struct blob){(const uint8_t *)buf_str(&e->blob), e->blob.len};
}

static void
add_agent_key(void *arg, const struct blob *key, const struct blob *comment)
{
	struct agent_entry *e = arg;

	(void)comment;
	if (e->n == KEYRING_AGENT_KEYS)
		return;
	buf_init(&e->blobs[e->n], KEYRING_FILE_MAX);
	buf_append(&e->blobs[e->n++], key->p, key->n);
}

struct blob
keyring_agent(struct keyring *k, const char *path, size_t i,
    const struct wait *w, struct fault *f)
{
	struct agent_entry *e;

	pthread_mutex_lock(&k->lock);
	for (e = k->agents; e && strcmp(e->path, path); e = e->next)
		continue;
	if (!e) {
		e = mem_alloc(1, sizeof(*e));
		e->path = mem_strdup(path);
		(void)agent_list(path, w, add_agent_key, e, &e->fault);
		e->next = k->agents;
		k->agents = e;
	}
	pthread_mutex_unlock(&k->lock);
	if (i < e->n)
		return (struct blob){
		    (const uint8_t *)buf_str(&e->blobs[i]), e->blobs[i].len};
	if (e->fault.class != FAULT_NONE)
		*f = e->fault;
	return (struct blob){NULL, 0};
}

struct knownhosts *
keyring_known(struct keyring *k)
{
	return k->known;
}
