/*
 * What earlier runs left in the directories of a host: parts of files that
 * this run brings, too.  They are gone on with, or removed.
 */
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "ssh/copy_put_internal.h"

/* -- Looking -- */

static void
keep_part(struct put_look *l, const struct sftp_entry *entry, uint32_t number,
    uint64_t state)
{
	struct put *p = l->put;
	char *name;

	if (p->n_parts == PUT_PARTS)
		return;
	name = mem_strndup((const char *)entry->name.p, entry->name.n);
	p->parts = mem_realloc(p->parts, (p->n_parts + 1) * sizeof(*p->parts));
	p->parts[p->n_parts++] = (struct put_part){.look = l,
	    .number = number,
	    .state = state,
	    .attrs = entry->attrs,
	    .path = copy_join(l->path, name)};
	mem_free(name);
}

static uint32_t
number_of(const struct put *p, const struct source_file *file)
{
	const char *name = file->name;
	size_t n;

	if (file->dir == SOURCE_NO_DIR && p->inside)
		name = p->sources->tops[file->top].name;
	else if (file->dir == SOURCE_NO_DIR)
		name = p->target;
	name = copy_last(name, &n);
	return copy_name_number(name, n);
}

static bool
is_awaited(const struct put_look *l, uint32_t number)
{
	size_t i;

	for (i = l->first; i < l->first + l->n; i++) {
		if (number_of(l->put, &l->put->sources->files[i]) == number)
			return true;
	}
	return false;
}

static int
look_entry(void *arg, const struct sftp_entry *entry)
{
	struct put_look *l = arg;
	struct copy_run run;
	uint32_t number;
	uint64_t state;

	if (copy_temp_parse((const char *)entry->name.p, entry->name.n, &number,
		&state, &run) &&
	    strcmp(run.text, l->put->run.text) && is_awaited(l, number))
		keep_part(l, entry, number, state);
	return 0;
}

static void
look_done(void *arg, uint32_t code)
{
	struct put_look *l = arg;

	(void)code;
	l->list = NULL;
	l->put->looking--;
}

void
put_look(struct put *p, char *path, size_t first, size_t n)
{
	static const struct sftp_list_ops ops = {
	    .entry = look_entry, .done = look_done};
	struct put_look *l = mem_alloc(1, sizeof(*l));

	*l = (struct put_look){
	    .put = p, .path = path, .first = first, .n = n, .next = p->looks};
	p->looks = l;
	p->looking++;
	l->list = sftp_list_start(p->client, *path ? path : ".", &ops, l);
}

static bool
is_file(const struct sftp_attrs *a)
{
	return !(a->flags & SFTP_ATTR_MODE) || S_ISREG(a->mode);
}

char *
put_take_part(struct put *p, uint32_t number, uint64_t state)
{
	size_t i;

	for (i = 0; i < p->n_parts && p->how->resume && state; i++) {
		struct put_part *part = &p->parts[i];
		char *path = part->path;

		if (part->number == number && part->state == state && path &&
		    is_file(&part->attrs)) {
			part->path = NULL;
			return path;
		}
	}
	return NULL;
}

/* -- Cleaning -- */

static void
ignore(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	(void)arg;
	(void)tag;
	(void)reply;
}

static void
got_time(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	struct put_look *l = arg;

	(void)tag;
	if (reply->type == SFTP_ATTRS)
		l->now = reply->attrs.mtime;
}

/* What another run is writing now is left alone: a large part grows while we
 * send as much, a small one is young.  What time it is, on the host, its
 * directory tells, in which we have just renamed a file. */
static bool
is_dead(const struct put_part *part, const struct sftp_attrs *a)
{
	if (a->size >= COPY_KEPT)
		return a->size == part->attrs.size &&
		    a->mtime == part->attrs.mtime;
	return part->look->now >= a->mtime &&
	    part->look->now - a->mtime >= PUT_PART_AGE;
}

static void
looked_again(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	struct put *p = arg;
	const struct put_part *part = &p->parts[tag];

	if (reply->type == SFTP_ATTRS && is_dead(part, &reply->attrs) &&
	    sftp_client_has_room(p->client, 1))
		(void)sftp_put_path(&p->client->out, SFTP_REMOVE,
		    sftp_expect(p->client, ignore, p, 0), part->path);
}

int
put_clean(struct put *p, struct fault *f)
{
	struct put_look *l;
	size_t i;

	for (l = p->n_parts ? p->looks : NULL; l; l = l->next) {
		(void)sftp_put_path(&p->client->out, SFTP_STAT,
		    sftp_expect(p->client, got_time, l, 0),
		    *l->path ? l->path : ".");
		if (put_drain(p, SFTP_CLIENT_MAX / 2, f))
			return -1;
	}
	for (i = 0; i < p->n_parts; i++) {
		if (p->parts[i].path)
			(void)sftp_put_path(&p->client->out, SFTP_LSTAT,
			    sftp_expect(p->client, looked_again, p, i),
			    p->parts[i].path);
	}
	return put_drain(p, 0, f);
}

void
put_forget(struct put *p)
{
	while (p->looks) {
		struct put_look *l = p->looks;

		p->looks = l->next;
		if (l->list)
			sftp_list_abandon(l->list);
		mem_free(l->path);
		mem_free(l);
	}
	while (p->n_parts > 0)
		mem_free(p->parts[--p->n_parts].path);
	mem_free(p->parts);
}
