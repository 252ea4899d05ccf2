#include "ssh/sftp_list.h"

#include <string.h>

#include "base/mem.h"

enum {
	LIST_AHEAD = 3 /* requests for entries that are under way */
};

enum list_kind { LIST_OPEN, LIST_READ, LIST_CLOSE };

struct sftp_list {
	struct sftp_client *client;
	const struct sftp_list_ops *ops;
	void *arg;
	uint8_t handle[SFTP_HANDLE_MAX];
	size_t handle_n;
	int waiting; /* answers that are to come */
	bool open, ended;
	uint32_t code;
};

static void list_answer(void *arg, uint64_t tag, struct sftp_reply *reply);

static struct blob
handle_of(const struct sftp_list *l)
{
	return (struct blob){.p = l->handle, .n = l->handle_n};
}

static void
list_end(struct sftp_list *l, uint32_t code)
{
	if (!l->ended && code != SFTP_EOF)
		l->code = code;
	l->ended = true;
}

/* Asks for more entries, closes, or is done. */
static void
list_step(struct sftp_list *l)
{
	struct sftp_client *c = l->client;

	while (l->open && !l->ended && l->waiting < LIST_AHEAD &&
	    sftp_client_has_room(c, 2) &&
	    (!l->ops->room || l->ops->room(l->arg))) {
		l->waiting++;
		(void)sftp_put_handle(&c->out, SFTP_READDIR,
		    sftp_expect(c, list_answer, l, LIST_READ), handle_of(l));
	}
	if (!l->ended || l->waiting)
		return;
	if (l->open) {
		l->open = false;
		l->waiting++;
		(void)sftp_put_handle(&c->out, SFTP_CLOSE,
		    sftp_expect(c, list_answer, l, LIST_CLOSE), handle_of(l));
		return;
	}
	l->ops->done(l->arg, l->code);
	mem_free(l);
}

static bool
is_dots(struct blob name)
{
	return blob_is(&name, ".") || blob_is(&name, "..");
}

static void
take_entries(struct sftp_list *l, struct sftp_reply *reply)
{
	struct sftp_entry entry;
	/* none at all would go on for ever */
	int more = reply->count ? 0 : -1;

	if (more < 0)
		list_end(l, SFTP_FAILURE);
	while (!l->ended && (more = sftp_next_entry(reply, &entry)) > 0) {
		if (!is_dots(entry.name) && l->ops->entry(l->arg, &entry))
			list_end(l, SFTP_FAILURE);
	}
	if (more < 0)
		list_end(l, SFTP_FAILURE);
}

static void
list_answer(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	struct sftp_list *l = arg;

	l->waiting--;
	if (tag == LIST_OPEN && reply->type == SFTP_HANDLE) {
		memcpy(l->handle, reply->bytes.p, reply->bytes.n);
		l->handle_n = reply->bytes.n;
		l->open = true;
	} else if (tag == LIST_READ && reply->type == SFTP_NAME) {
		take_entries(l, reply);
	} else if (tag != LIST_CLOSE) {
		list_end(l,
		    reply->type == SFTP_STATUS && reply->code ? reply->code
							      : SFTP_FAILURE);
	}
	list_step(l);
}

struct sftp_list *
sftp_list_start(struct sftp_client *c, const char *path,
    const struct sftp_list_ops *ops, void *arg)
{
	struct sftp_list *l = mem_alloc(1, sizeof(*l));

	l->client = c;
	l->ops = ops;
	l->arg = arg;
	l->waiting = 1;
	(void)sftp_put_path(&c->out, SFTP_OPENDIR,
	    sftp_expect(c, list_answer, l, LIST_OPEN), path);
	return l;
}

void
sftp_list_go_on(struct sftp_list *l)
{
	list_step(l);
}

void
sftp_list_abandon(struct sftp_list *l)
{
	sftp_forget(l->client, l);
	mem_free(l);
}
