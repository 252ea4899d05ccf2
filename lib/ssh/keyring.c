#include "ssh/keyring.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "base/secret.h"
#include "ssh/agent.h"
#include "ssh/ask.h"
#include "ssh/keyring_internal.h"

enum {
	KEYRING_TRIES = 3 /* of a passphrase */
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
		pthread_mutex_destroy(&e->asking);
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
	keyring_free_publics(k->publics);
	free_agents(k->agents);
	knownhosts_free(k->known);
	words_release(&k->told);
	pthread_mutex_destroy(&k->lock);
	mem_free(k);
}

/* As ssh has it: of a file of our own, nobody else may know anything. */
static bool
others_can_read(const char *path)
{
	struct stat st;

	return !stat(path, &st) && st.st_uid == getuid() &&
	    (st.st_mode & (S_IRWXG | S_IRWXO));
}

/* Reads and parses.  encrypted is set where a passphrase is what is missing,
 * or wrong. */
static struct key *
read_key(const char *path, const struct secret *passphrase, int *encrypted,
    struct fault *f)
{
	struct key *key = NULL;
	struct buf text;

	*encrypted = 0;
	buf_init(&text, KEYRING_FILE_MAX);
	/* all of it at once: what grows leaves copies behind */
	(void)buf_room(&text, KEYRING_FILE_MAX);
	if (fdio_read_file(path, &text, f)) {
		f->class = FAULT_AUTH;
	} else if (others_can_read(path)) {
		fault_set(f, FAULT_AUTH, 0,
		    "%s: others can read it, so it is not used (chmod 600)",
		    path);
	} else {
		key = key_parse(
		    buf_str(&text), text.len, passphrase, encrypted, f);
		if (!key)
			fault_prefix(f, "%s", path);
	}
	if (text.len)
		secret_wipe(text.data, text.len);
	buf_release(&text);
	return key;
}

/* With the lock held. */
static struct key_entry *
find_key(struct keyring *k, const char *path)
{
	struct key_entry *e;
	int encrypted;

	for (e = k->keys; e && strcmp(e->path, path); e = e->next)
		continue;
	if (e)
		return e;
	e = mem_alloc(1, sizeof(*e));
	e->path = mem_strdup(path);
	pthread_mutex_init(&e->asking, NULL);
	e->key = read_key(path, NULL, &encrypted, &e->fault);
	e->locked = encrypted;
	e->next = k->keys;
	k->keys = e;
	return e;
}

const struct key *
keyring_file(struct keyring *k, const char *path, struct fault *f)
{
	struct key_entry *e;
	const struct key *key;

	pthread_mutex_lock(&k->lock);
	e = find_key(k, path);
	key = e->key;
	if (!key)
		*f = e->fault;
	pthread_mutex_unlock(&k->lock);
	return key;
}

bool
keyring_is_locked(struct keyring *k, const char *path)
{
	bool locked;

	pthread_mutex_lock(&k->lock);
	locked = find_key(k, path)->locked;
	pthread_mutex_unlock(&k->lock);
	return locked;
}

static struct key *
ask_passphrase(const char *path, const struct wait *w, struct fault *f)
{
	struct secret *answer = secret_new();
	char *prompt = mem_printf("Passphrase of %s: ", path);
	struct key *key = NULL;
	int i, encrypted = 1;

	for (i = 0; i < KEYRING_TRIES && !key && encrypted; i++) {
		secret_clear(answer);
		if (ask_secret(prompt, answer, w, f))
			break;
		if (secret_len(answer) == 0) {
			fault_set(f, FAULT_AUTH, 0,
			    "%s: no passphrase was given", path);
			break;
		}
		key = read_key(path, answer, &encrypted, f);
	}
	secret_free(answer);
	mem_free(prompt);
	return key;
}

/* With asking held, by which others wait. */
static const struct key *
unlock_entry(struct keyring *k, struct key_entry *e, const struct wait *w,
    struct fault *f)
{
	struct key *key;

	pthread_mutex_lock(&k->lock);
	key = e->key;
	if (!key)
		*f = e->fault;
	pthread_mutex_unlock(&k->lock);
	if (key || e->given_up || wait_cancelled(w, f))
		return key;
	key = ask_passphrase(e->path, w, f);
	pthread_mutex_lock(&k->lock);
	e->key = key;
	e->locked = !key;
	if (!key && f->class != FAULT_CANCELLED) {
		e->fault = *f;
		e->given_up = true;
	}
	pthread_mutex_unlock(&k->lock);
	return key;
}

const struct key *
keyring_unlock(
    struct keyring *k, const char *path, const struct wait *w, struct fault *f)
{
	struct key_entry *e;
	const struct key *key;

	pthread_mutex_lock(&k->lock);
	e = find_key(k, path);
	pthread_mutex_unlock(&k->lock);
	pthread_mutex_lock(&e->asking);
	key = unlock_entry(k, e, w, f);
	pthread_mutex_unlock(&e->asking);
	return key;
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

/* With the lock held. */
static struct agent_entry *
find_agent(struct keyring *k, const char *path)
{
	struct agent_entry *e = k->agents;

	while (e && strcmp(e->path, path))
		e = e->next;
	if (e)
		return e;
	e = mem_alloc(1, sizeof(*e));
	e->path = mem_strdup(path);
	e->next = k->agents;
	k->agents = e;
	return e;
}

/* With the lock held, which is given up meanwhile. */
static void
list_agent(struct keyring *k, struct agent_entry *e, const struct wait *w)
{
	struct fault f = {0};

	e->state = AGENT_ASKED;
	pthread_mutex_unlock(&k->lock);
	(void)agent_list(e->path, w, add_agent_key, e, &f);
	/* one that is not there is not missed */
	if (f.class == FAULT_AUTH && f.error == 0)
		diag_note("%s: its keys are not used", f.text);
	pthread_mutex_lock(&k->lock);
	e->fault = f;
	/* another, who was not asked to stop, may ask it */
	e->state = f.class == FAULT_CANCELLED ? AGENT_NEW : AGENT_LISTED;
	changes_tell(&k->listing);
}

struct blob
keyring_agent(struct keyring *k, const char *path, size_t i,
    const struct wait *w, struct fault *f)
{
	struct blob blob = {NULL, 0};
	struct agent_entry *e;
	int ret = 0;

	pthread_mutex_lock(&k->lock);
	e = find_agent(k, path);
	while (!ret && e->state == AGENT_ASKED)
		ret = changes_await(&k->listing, &k->lock, w, f);
	if (!ret && e->state == AGENT_NEW)
		list_agent(k, e, w);
	if (!ret && e->fault.class != FAULT_NONE)
		*f = e->fault;
	else if (!ret && i < e->n)
		blob = keyring_view(&e->blobs[i]);
	pthread_mutex_unlock(&k->lock);
	return blob;
}

void
keyring_agent_failed(struct keyring *k, const char *path, const struct fault *f)
{
	pthread_mutex_lock(&k->lock);
	find_agent(k, path)->fault = *f;
	pthread_mutex_unlock(&k->lock);
}

int
keyring_take_token(struct keyring *k, const struct wait *w, struct fault *f)
{
	int ret = 0;

	pthread_mutex_lock(&k->lock);
	while (!ret && k->token_taken)
		ret = changes_await(&k->touching, &k->lock, w, f);
	if (!ret)
		k->token_taken = true;
	pthread_mutex_unlock(&k->lock);
	return ret;
}

void
keyring_give_token(struct keyring *k)
{
	pthread_mutex_lock(&k->lock);
	k->token_taken = false;
	changes_tell(&k->touching);
	pthread_mutex_unlock(&k->lock);
}

bool
keyring_is_news(struct keyring *k, const char *text)
{
	bool is_news;

	pthread_mutex_lock(&k->lock);
	is_news = !words_have(&k->told, text);
	if (k->told.count == KEYRING_TOLD)
		words_release(&k->told);
	if (is_news)
		words_add(&k->told, text);
	pthread_mutex_unlock(&k->lock);
	return is_news;
}

struct knownhosts *
keyring_known(struct keyring *k)
{
	return k->known;
}
