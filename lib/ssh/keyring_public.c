/*
 * Public halves of keys, certificates, and the key that was accepted last.
 */
#include <string.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "base/secret.h"
#include "ssh/keyfile.h"
#include "ssh/keyring_internal.h"

void
keyring_free_publics(struct public_entry *e)
{
	while (e) {
		struct public_entry *next = e->next;

		buf_release(&e->blob);
		mem_free(e->path);
		mem_free(e);
		e = next;
	}
}

struct blob
keyring_view(const struct buf *b)
{
	return (struct blob){(const uint8_t *)buf_str(b), b->len};
}

static void
read_public_half(const char *path, struct buf *blob)
{
	struct fault ignored;
	struct buf text;

	buf_init(&text, KEYRING_FILE_MAX);
	(void)buf_room(&text, KEYRING_FILE_MAX);
	if (!fdio_read_file(path, &text, &ignored))
		(void)key_parse_public(buf_str(&text), text.len, blob);
	if (text.len)
		secret_wipe(text.data, text.len);
	buf_release(&text);
}

/* "type base64 comment"; the first line of a private key is none. */
static int
read_public_line(const char *path, struct buf *blob)
{
	struct fault ignored;
	struct buf text;
	int ret = -1;

	buf_init(&text, KEYRING_FILE_MAX);
	if (!fdio_read_file(path, &text, &ignored) && *buf_str(&text) != '-') {
		const char *field = strchr(buf_str(&text), ' ');
		size_t n = field ? strcspn(field + 1, " \r\n") : 0;

		ret = n ? keyfile_base64(field + 1, n, blob) : -1;
		if (ret)
			buf_release(blob);
	}
	buf_release(&text);
	return ret;
}

/* The entry of a path, and whether it has to be filled; with the lock held. */
static struct public_entry *
find_public(struct keyring *k, const char *path, bool *is_new)
{
	struct public_entry *e;

	for (e = k->publics; e && strcmp(e->path, path); e = e->next)
		continue;
	*is_new = !e;
	if (e)
		return e;
	e = mem_alloc(1, sizeof(*e));
	e->path = mem_strdup(path);
	buf_init(&e->blob, KEYRING_FILE_MAX);
	e->next = k->publics;
	k->publics = e;
	return e;
}

struct blob
keyring_public(struct keyring *k, const char *path)
{
	char *name = mem_printf("%s.pub", path);
	struct public_entry *e;
	bool is_new;

	pthread_mutex_lock(&k->lock);
	e = find_public(k, name, &is_new);
	if (is_new && read_public_line(name, &e->blob))
		read_public_half(path, &e->blob);
	if (is_new && !e->blob.len)
		(void)read_public_line(path, &e->blob);
	pthread_mutex_unlock(&k->lock);
	mem_free(name);
	return keyring_view(&e->blob);
}

struct blob
keyring_certificate(struct keyring *k, const char *path)
{
	struct public_entry *e;
	bool is_new;

	pthread_mutex_lock(&k->lock);
	e = find_public(k, path, &is_new);
	if (is_new)
		(void)read_public_line(path, &e->blob);
	pthread_mutex_unlock(&k->lock);
	return keyring_view(&e->blob);
}

struct blob
keyring_accepted(struct keyring *k)
{
	struct blob blob;

	pthread_mutex_lock(&k->lock);
	blob = k->accepted;
	pthread_mutex_unlock(&k->lock);
	return blob;
}

void
keyring_set_accepted(struct keyring *k, const struct blob *blob)
{
	pthread_mutex_lock(&k->lock);
	k->accepted = *blob;
	pthread_mutex_unlock(&k->lock);
}
