/*
 * A copy from a host: what is in its directories.  They are listed a few at a
 * time, and no further than their files can be fetched.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "ssh/copy_get_internal.h"
#include "ssh/copy_text.h"

/* -- Queues -- */

void
get_item_free(struct get_item *item)
{
	if (!item)
		return;
	mem_free(item->remote);
	mem_free(item->name);
	mem_free(item);
}

void
get_queue_item(struct get *g, const struct get_item *item)
{
	struct get_item *own = mem_alloc(1, sizeof(*own));

	*own = *item;
	own->next = NULL;
	own->dir->users++;
	*g->items_end = own;
	g->items_end = &own->next;
	g->pending++;
}

void
get_dir_add(struct get *g, struct get_dir *d)
{
	d->older = g->dirs;
	if (g->dirs)
		g->dirs->younger = d;
	g->dirs = d;
}

void
get_queue_dir(struct get *g, struct get_dir *parent, char *remote, char *name,
    const struct sftp_attrs *attrs)
{
	struct get_dir *d = mem_alloc(1, sizeof(*d));

	*d = (struct get_dir){.get = g,
	    .parent = parent,
	    .remote = remote,
	    .name = name,
	    .local = copy_join(parent->local, name),
	    .depth = parent->depth + 1,
	    .mode = attrs->flags & SFTP_ATTR_MODE ? attrs->mode & 07777 : 0755,
	    .atime = attrs->atime,
	    .mtime = attrs->mtime,
	    .has_times = attrs->flags & SFTP_ATTR_TIMES,
	    .users = 1,
	    .next = g->to_list};
	get_dir_add(g, d);
	parent->users++;
	g->to_list = d;
	g->n_to_list++;
}

/* -- Listing -- */

/* A name that is one component, or NULL. */
char *
get_name(struct blob b)
{
	if (b.n == 0 || memchr(b.p, '/', b.n) || memchr(b.p, '\0', b.n) ||
	    blob_is(&b, ".") || blob_is(&b, ".."))
		return NULL;
	return mem_strndup((const char *)b.p, b.n);
}

static int
refuse(struct get_dir *d, const char *reason)
{
	d->refused = true;
	get_tell(d->get, COPY_FAILED, d->remote, reason);
	return -1;
}

static void
queue_entry(struct get_dir *d, char *name, const struct sftp_attrs *attrs)
{
	struct get *g = d->get;
	struct get_item item = {.dir = d,
	    .remote = copy_join(d->remote, name),
	    .name = name,
	    .attrs = *attrs};
	mode_t mode = attrs->flags & SFTP_ATTR_MODE ? attrs->mode : 0;

	if (S_ISDIR(mode)) {
		get_queue_dir(g, d, item.remote, name, attrs);
		return;
	}
	if (S_ISLNK(mode))
		item.kind = GET_LINK;
	else if (S_ISREG(mode))
		item.kind = GET_FILE;
	if (S_ISREG(mode) && (attrs->flags & SFTP_ATTR_SIZE))
		item.size = attrs->size;
	if (mode && item.kind == GET_UNKNOWN) {
		get_tell(g, COPY_SKIPPED, item.remote,
		    "neither a file nor a directory");
		mem_free(item.remote);
		mem_free(name);
		return;
	}
	g->how->watch->expected(g->how->watch->arg, (int64_t)item.size);
	get_queue_item(g, &item);
}

static const char *
excess(const struct get_dir *d, const char *name)
{
	if (d->names > GET_NAMES)
		return "the host sends names without end";
	if (d->get->n_to_list > GET_DIRS)
		return "too many directories in it";
	if (strlen(d->remote) + strlen(name) >= GET_PATH)
		return "the host sends paths that are too long";
	return NULL;
}

static int
list_entry(void *arg, const struct sftp_entry *entry)
{
	struct get_dir *d = arg;
	char *name = get_name(entry->name);
	const char *reason;

	d->names++;
	if (!name)
		return refuse(d, "the host sends a name that is none");
	reason = excess(d, name);
	if (reason) {
		mem_free(name);
		return refuse(d, reason);
	}
	queue_entry(d, name, &entry->attrs);
	return 0;
}

static void
list_done(void *arg, uint32_t code)
{
	struct get_dir *d = arg;
	struct get *g = d->get;
	struct sftp_reply reply = {.type = SFTP_STATUS, .code = code};
	struct buf reason;

	d->list = NULL;
	g->lists[d->slot] = NULL;
	g->listing--;
	/* of its own refusals, list_entry has told */
	if (code != SFTP_OK && !d->refused) {
		buf_init(&reason, COPY_TEXT);
		copy_reason(&reason, &reply);
		get_tell(g, COPY_FAILED, d->remote, buf_str(&reason));
		buf_release(&reason);
	}
	get_dir_leave(g, d);
}

static bool
list_room(void *arg)
{
	const struct get_dir *d = arg;

	return d->get->pending < GET_PENDING && !d->get->stopping;
}

static void
start_list(struct get *g, struct get_dir *d)
{
	static const struct sftp_list_ops ops = {
	    .entry = list_entry, .done = list_done, .room = list_room};

	if (get_make_dir(g, d)) {
		get_tell_errno(g, d->local, errno);
		get_dir_leave(g, d);
		return;
	}
	while (g->lists[d->slot])
		d->slot++;
	g->lists[d->slot] = d;
	g->listing++;
	d->list = sftp_list_start(g->client, d->remote, &ops, d);
}

void
get_list_more(struct get *g)
{
	size_t i;

	while (g->to_list && g->listing < GET_LISTS &&
	    g->pending < GET_PENDING && !g->stopping &&
	    sftp_client_has_room(g->client, GET_LISTS)) {
		struct get_dir *d = g->to_list;

		g->to_list = d->next;
		g->n_to_list--;
		start_list(g, d);
	}
	for (i = 0; i < GET_LISTS && g->pending < GET_PENDING; i++) {
		if (g->lists[i] && g->lists[i]->list)
			sftp_list_go_on(g->lists[i]->list);
	}
}
