/*
 * A copy from a host, in order: what the sources stand for, and the target;
 * then directories are listed and files fetched, many at once.
 */
#include <errno.h>
#include <string.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "ssh/copy_get_internal.h"
#include "ssh/copy_text.h"

enum { GET_STOP_MS = 5000 };

void
get_tell(
    struct get *g, enum copy_event event, const char *name, const char *reason)
{
	const struct copy_watch *watch = g->how->watch;
	struct buf text;

	buf_init(&text, COPY_TEXT);
	copy_file_text(&text, name, reason);
	g->counts->sent += event == COPY_SENT;
	g->counts->unchanged += event == COPY_UNCHANGED;
	g->counts->failed += event == COPY_FAILED;
	watch->file(watch->arg, event, buf_str(&text));
	buf_release(&text);
}

void
get_tell_errno(struct get *g, const char *name, int error)
{
	char text[128];

	get_tell(g, COPY_FAILED, name,
	    error == ELOOP ? "is a symbolic link, which is not followed"
			   : strerror_r(error, text, sizeof(text)));
}

static bool
is_asked_to_stop(const struct get *g)
{
	const struct wait *w = transport_waits(g->c->t);

	return atomic_load(&w->cancel->level) >= CANCEL_GENTLE;
}

int
get_check_stop(struct get *g, struct fault *f)
{
	if (is_asked_to_stop(g))
		return fault_set(f, FAULT_CANCELLED, 0, "cancelled");
	return 0;
}

static void
start_files(struct get *g)
{
	size_t most = g->output ? 1 : GET_FILES;

	while (g->items && g->active < most && !g->stopping &&
	    sftp_client_has_room(g->client, GET_FILES)) {
		struct get_item *item = g->items;

		bool waits = get_may_be_same(g, item);

		if (!waits && getting_start(g, item))
			return;
		g->items = item->next;
		if (!g->items)
			g->items_end = &g->items;
		g->pending--;
		if (waits)
			get_wait_for_check(g, item);
	}
}

static void
feed_all(struct get *g)
{
	size_t i;

	for (i = 0; i < GET_FILES; i++)
		getting_feed(&g->files[i]);
}

static void
stop_all(struct get *g)
{
	size_t i;

	g->stopping = true;
	for (i = 0; i < GET_FILES; i++)
		getting_stop(&g->files[i]);
}

/* Whether nothing goes on, and nothing is left but what waits to be
 * compared. */
static bool
is_idle(const struct get *g)
{
	return !g->active && !g->items && !g->to_list && !g->listing;
}

/* 1 when all is done, 0 to go on, -1 with a fault. */
static int
fetch_more(struct get *g, struct fault *f)
{
	get_list_more(g);
	start_files(g);
	feed_all(g);
	if (g->stopping && !g->active)
		return 1;
	if (!g->stopping &&
	    (get_hash_waiting(g, f) || get_check_waiting(g, is_idle(g), f)))
		return -1;
	if (is_idle(g))
		return 1;
	/* what was compared may have to be fetched */
	return g->active || g->listing ? sftp_turn(g->s, f) : 0;
}

static int
fetch(struct get *g, struct fault *f)
{
	struct deadline stop = {.at = -1};
	int ret;

	while ((ret = fetch_more(g, f)) == 0) {
		if (is_asked_to_stop(g) && !g->stopping) {
			stop_all(g);
			stop = deadline_in(GET_STOP_MS, "end", NULL);
		}
		if (g->stopping && deadline_left(&stop) == 0)
			break;
	}
	return ret < 0 ? -1 : 0;
}

/* -- Beginning and end -- */

static struct get *
get_new(const struct copy *copy, const char *target)
{
	struct get *g = mem_alloc(1, sizeof(*g));

	g->c = copy->c;
	g->how = copy->how;
	g->output = copy->stream;
	g->counts = copy->counts;
	g->target = target;
	g->base = g->dir_fd = -1;
	g->items_end = &g->items;
	g->checks_end = &g->checks;
	g->files = mem_alloc(GET_FILES, sizeof(*g->files));
	g->root = mem_alloc(1, sizeof(*g->root));
	*g->root =
	    (struct get_dir){.get = g, .users = 1, .local = mem_strdup("")};
	get_dir_add(g, g->root);
	copy_run_init(&g->run);
	buf_init(&g->kept, COPY_TEXT);
	return g;
}

static void
free_queues(struct get *g)
{
	size_t i;

	for (i = 0; i < GET_FILES; i++) {
		if (g->files[i].state == GETTING_NOTHING)
			continue;
		g->files[i].failed = g->files[i].keep = true;
		getting_release(&g->files[i]);
	}
	while (g->items) {
		struct get_item *item = g->items;

		g->items = item->next;
		get_item_free(item);
	}
	while (g->checks) {
		struct get_item *item = g->checks;

		g->checks = item->next;
		get_item_free(item);
	}
	for (i = 0; i < GET_LISTS; i++) {
		if (g->lists[i] && g->lists[i]->list)
			sftp_list_abandon(g->lists[i]->list);
	}
	while (g->dirs)
		get_dir_free(g, g->dirs);
}

static void
get_free(struct get *g)
{
	g->stopping = true;
	if (g->client)
		free_queues(g);
	else
		get_dir_free(g, g->root);
	sftp_abandon(g->s);
	fdio_close(g->dir_fd);
	fdio_close(g->base);
	buf_release(&g->kept);
	mem_free(g->new_name);
	mem_free(g->files);
	mem_free(g);
}

static int
open_server(struct get *g, struct fault *f)
{
	const struct copy_how *how = g->how;
	struct sftp_how sftp = {.window = how->window,
	    .tick = how->tick,
	    .sudo = how->sudo,
	    .sudo_user = how->sudo_user,
	    .password = how->password,
	    .output = g->output};

	g->s = sftp_open(g->c, &sftp, f);
	if (!g->s)
		return -1;
	g->client = sftp_client(g->s);
	return 0;
}

/* A large part of what was on its way stays here: say how much. */
static void
note_kept(struct get *g, struct fault *f)
{
	size_t i;
	char *text;

	for (i = 0; i < GET_FILES && !g->kept.len; i++) {
		struct getting *t = &g->files[i];

		if (t->state == GETTING_NOTHING)
			continue;
		t->keep = t->failed = true;
		if (getting_is_kept(t))
			getting_say_kept(t);
	}
	if (!g->kept.len)
		return;
	text = mem_strdup(f->text);
	fault_set(f, f->class, 0, "%s; %s", text, buf_str(&g->kept));
	mem_free(text);
}

static int
get_all(struct get *g, const char *const *sources, size_t n, struct fault *f)
{
	int ret;

	if (open_server(g, f) || get_find_sources(g, sources, n, f))
		return -1;
	ret = fetch(g, f);
	if (!ret && g->stopping)
		ret = fault_set(f, FAULT_CANCELLED, 0, "cancelled");
	if (ret)
		note_kept(g, f);
	return ret;
}

int
copy_get(const struct copy *copy, const char *const *sources, size_t n,
    const char *target, struct fault *f)
{
	struct get *g = get_new(copy, target);
	int ret = get_all(g, sources, n, f);

	if (ret == 0) {
		ret = sftp_close(g->s, f);
		g->s = NULL;
	}
	get_free(g);
	return ret;
}
