/*
 * A copy to a host, in order: what the target is, the directories, the files,
 * many of them on their way at once, what is to be said of the directories in
 * the end.
 */
#include <string.h>

#include "base/mem.h"
#include "ssh/copy_home.h"
#include "ssh/copy_put_internal.h"
#include "ssh/copy_text.h"

enum { PUT_STOP_MS = 5000 };

void
put_tell(
    struct put *p, enum copy_event event, const char *name, const char *reason)
{
	const struct copy_watch *watch = p->how->watch;
	struct buf text;

	buf_init(&text, COPY_TEXT);
	copy_file_text(&text, name, reason);
	p->counts->sent += event == COPY_SENT;
	p->counts->unchanged += event == COPY_UNCHANGED;
	p->counts->failed += event == COPY_FAILED;
	watch->file(watch->arg, event, buf_str(&text));
	buf_release(&text);
}

static bool
is_asked_to_stop(const struct put *p)
{
	const struct wait *w = transport_waits(p->c->t);

	return atomic_load(&w->cancel->level) >= CANCEL_GENTLE;
}

int
put_check_stop(const struct put *p, struct fault *f)
{
	if (is_asked_to_stop(p))
		return fault_set(f, FAULT_CANCELLED, 0, "cancelled");
	return 0;
}

/* Files of a directory stand in a row: look what is in it, once, before the
 * first that is sent. */
static void
look_around(struct put *p, size_t next)
{
	const struct sources *s = p->sources;
	const struct source_file *file = &s->files[next];
	const struct source_dir *dir;
	size_t n = 0;

	if (file->dir != SOURCE_NO_DIR) {
		dir = &s->dirs[file->dir];
		p->looked = dir->first + dir->n;
		if (p->dirs[file->dir] == DIR_OLD)
			put_look(p, put_dir_path(p, dir), dir->first, dir->n);
		return;
	}
	while (n < s->n_files && s->files[n].dir == SOURCE_NO_DIR)
		n++;
	p->looked = n;
	if (p->inside && p->target_dir == DIR_NEW)
		return;
	put_look(p, p->inside ? mem_strdup(p->target) : copy_parent(p->target),
	    0, n);
}

static bool
is_in_failed(const struct put *p, const struct source_file *file)
{
	return file->dir != SOURCE_NO_DIR && p->dirs[file->dir] == DIR_FAILED;
}

static bool
is_marked(const struct put *p, size_t i)
{
	return p->marks && (p->marks[i] & MARK_DONE);
}

/* Starts files while there are places and room for their requests. */
static void
start_files(struct put *p, size_t *next)
{
	const struct sources *s = p->sources;

	while (*next < s->n_files && p->active < PUT_FILES && !p->stopping &&
	    sftp_unsent(p->client) < PUT_UNSENT &&
	    sftp_client_has_room(p->client, 4 * PUT_FILE_REQUESTS)) {
		const struct source_file *file = &s->files[*next];

		if (is_in_failed(p, file) || is_marked(p, *next)) {
			p->counts->failed += is_in_failed(p, file);
			++*next;
			continue;
		}
		if (p->looked <= *next)
			look_around(p, *next);
		if (putting_start(p, file))
			return;
		++*next;
	}
}

static void
stop_all(struct put *p)
{
	size_t i;

	p->stopping = true;
	for (i = 0; i < PUT_FILES; i++)
		putting_stop(&p->files[i]);
}

static void
feed_all(struct put *p)
{
	size_t i;

	for (i = 0; i < PUT_FILES; i++)
		putting_feed(&p->files[i]);
}

int
put_turn(struct put *p, struct fault *f)
{
	bool moved = false;
	size_t i;

	if (sftp_move(p->s, &moved, f))
		return -1;
	for (i = 0; i < p->n_spares; i++) {
		if (sftp_move(p->spares[i], &moved, f))
			return -1;
	}
	if (moved)
		return 0;
	return put_wants_spare(p) ? put_open_spare(p, f) : sftp_wait(p->s, f);
}

static int
send_files(struct put *p, struct fault *f)
{
	struct deadline stop = {.at = -1};
	size_t next = 0;

	for (;;) {
		start_files(p, &next);
		feed_all(p);
		if (!p->active &&
		    (p->stopping ||
			(next == p->sources->n_files && !p->client->in_flight)))
			return 0;
		if (put_hash_waiting(p, f) || put_turn(p, f))
			return -1;
		if (is_asked_to_stop(p) && !p->stopping) {
			stop_all(p);
			stop = deadline_in(PUT_STOP_MS, "end", NULL);
		}
		if (p->stopping && deadline_left(&stop) == 0)
			return 0;
	}
}

/* -- Beginning and end -- */

static struct put *
put_new(const struct copy *copy, struct sources *sources, const char *target)
{
	const struct copy_how *how = copy->how;
	struct put *p = mem_alloc(1, sizeof(*p));

	p->c = copy->c;
	p->how = how;
	p->input = copy->stream;
	p->counts = copy->counts;
	p->sources = sources;
	p->given = target;
	p->dirs = mem_alloc(sources->n_dirs + 1, 1);
	p->files = mem_alloc(PUT_FILES, sizeof(*p->files));
	p->privileged = how->sudo
	    ? !how->sudo_user || !strcmp(how->sudo_user, "root")
	    : !strcmp(p->c->settings->user, "root");
	copy_run_init(&p->run);
	buf_init(&p->kept, COPY_TEXT);
	return p;
}

static void
put_free(struct put *p)
{
	size_t i;

	for (i = 0; i < PUT_FILES; i++) {
		if (p->files[i].state != PUTTING_NOTHING)
			putting_release(&p->files[i]);
	}
	put_forget(p);
	while (p->n_spares > 0)
		sftp_abandon(p->spares[--p->n_spares]);
	sftp_abandon(p->s);
	buf_release(&p->kept);
	mem_free(p->target);
	mem_free(p->files);
	mem_free(p->dirs);
	mem_free(p->marks);
	mem_free(p);
}

static int
open_server(struct put *p, struct fault *f)
{
	const struct copy_how *how = p->how;
	struct sftp_how sftp = {.window = how->window,
	    .tick = how->tick,
	    .sudo = how->sudo,
	    .sudo_user = how->sudo_user,
	    .password = how->password,
	    .labels = true};

	p->s = sftp_open(p->c, &sftp, f);
	if (!p->s)
		return -1;
	p->client = sftp_client(p->s);
	p->target = copy_expand_home(p->s, p->given, false, f);
	return p->target ? put_label_begin(p, f) : -1;
}

/* A large part of what was on its way stays on the host: say how much. */
static void
note_kept(struct put *p, struct fault *f)
{
	size_t i;

	for (i = 0; i < PUT_FILES && !p->kept.len; i++) {
		struct putting *g = &p->files[i];

		if (g->state == PUTTING_NOTHING)
			continue;
		g->keep = g->failed = true;
		if (putting_is_kept(g))
			putting_say_kept(g);
	}
	if (p->kept.len) {
		char *text = mem_strdup(f->text);

		fault_set(f, f->class, 0, "%s; %s", text, buf_str(&p->kept));
		mem_free(text);
	}
}

static int
put_all(struct put *p, struct fault *f)
{
	if (p->how->owner && copy_owner(p->c, p->how->owner, &p->owner, f))
		return -1;
	if (open_server(p, f) || put_find_target(p, f) || put_make_dirs(p, f))
		return -1;
	if (p->how->check && put_check(p, f))
		return -1;
	if (send_files(p, f)) {
		note_kept(p, f);
		return -1;
	}
	if (p->stopping) {
		fault_set(f, FAULT_CANCELLED, 0, "cancelled");
		note_kept(p, f);
		return -1;
	}
	if (put_clean(p, f))
		return -1;
	return put_finish_dirs(p, f);
}

int
copy_put(const struct copy *copy, struct sources *sources, const char *target,
    struct fault *f)
{
	struct put *p = put_new(copy, sources, target);
	int ret = put_all(p, f);

	if (ret == 0) {
		ret = sftp_close(p->s, f);
		p->s = NULL;
	}
	put_free(p);
	return ret;
}
