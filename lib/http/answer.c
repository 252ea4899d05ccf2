#include "http/answer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/nonce.h"
#include "http/condition.h"
#include "http/directory.h"

/* One request on its way through this file. */
struct turn {
	struct responder *s;
	const struct request *r;
	struct buf *out;
	struct answer *a;
	struct reply reply;
	char boundary[NONCE_LEN + 1];
};

static void
send_page(struct turn *t, int status, const char *hint)
{
	struct buf text;

	buf_init(&text, 4096);
	buf_printf(&text, "%d %s\n%s", status, reply_reason(status), hint);
	t->reply.status = t->a->status = status;
	t->reply.type = "text/plain; charset=utf-8";
	t->reply.page = true;
	t->reply.length = text.len;
	reply_head(t->out, &t->reply, &t->s->common);
	if (t->r->method != METHOD_HEAD) {
		buf_append(t->out, buf_str(&text), text.len);
		t->a->bytes = text.len;
	}
	buf_release(&text);
}

static void
send_error(struct turn *t, int status)
{
	t->reply.allow = status == 405;
	t->reply.retry_after = status == 503;
	send_page(t, status,
	    t->a->left_root ? "A link leaves the directory that is served; "
			      "httpd-scope -L follows it.\n"
			    : "");
}

/* A head without a body. */
static void
send_bare(struct turn *t, int status)
{
	t->reply.status = t->a->status = status;
	reply_head(t->out, &t->reply, &t->s->common);
}

static void
send_redirect(struct turn *t)
{
	const struct path *p = &t->s->path;
	struct buf location;

	buf_init(&location, 4 * PATH_LEN_MAX + 16);
	if (buf_putc(&location, '/') ||
	    path_encode(&location, p->name, p->len) ||
	    buf_putc(&location, '/') ||
	    buf_append(&location, p->query.p, p->query.n) ||
	    location.len > REPLY_HEAD_MAX - 1024) {
		send_error(t, 414);
	} else {
		t->reply.location = buf_str(&location);
		send_page(t, 301, "");
	}
	buf_release(&location);
}

/* A body that is in memory. */
static void
append_bytes(struct turn *t, const struct representation *r,
    const struct range *ranges, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (t->reply.boundary)
			reply_part(t->out, t->reply.boundary, r->type,
			    &ranges[i], r->size);
		buf_append(t->out, r->bytes + ranges[i].first,
		    (size_t)ranges[i].length);
	}
	if (t->reply.boundary)
		reply_part(t->out, t->reply.boundary, r->type, NULL, r->size);
}

static void
send_ranges(struct turn *t, const struct representation *r,
    const struct range *ranges, size_t n)
{
	char *nonce = t->boundary;

	t->reply.length = ranges[0].length;
	if (n > 1) {
		nonce_make(nonce);
		nonce[REPLY_BOUNDARY_LEN] = '\0';
		t->reply.boundary = nonce;
		t->reply.range = NULL;
		t->reply.length =
		    reply_parts_length(nonce, r->type, ranges, n, r->size);
	}
	reply_head(t->out, &t->reply, &t->s->common);
	if (t->r->method == METHOD_HEAD)
		return;
	t->a->bytes = t->reply.length;
	if (r->bytes) {
		append_bytes(t, r, ranges, n);
		return;
	}
	t->a->body = body_new(r->file, ranges, n, nonce, r->type, r->size);
}

/* 304 repeats what a cache updates (RFC 9110 15.4.5); 412 says nothing. */
static bool
send_condition(struct turn *t, const struct validators *v)
{
	switch (condition_check(t->r, v)) {
	case CONDITION_NOT_MODIFIED:
		t->reply.type = NULL;
		t->reply.no_length = true;
		send_bare(t, 304);
		return true;
	case CONDITION_FAILED:
		send_error(t, 412);
		return true;
	case CONDITION_PROCEED:
		break;
	}
	return false;
}

static void
send_representation(struct turn *t, const struct representation *r)
{
	struct validators v = {view_of(r->etag), r->modified, t->s->wall};
	struct range whole = {0, r->size}, *ranges = t->s->ranges;
	enum range_result result = RANGE_NONE;
	struct view field = t->r->field[FIELD_RANGE];
	size_t n = 1;

	t->reply.type = r->type;
	t->reply.etag = r->etag;
	t->reply.modified = r->date;
	t->reply.accept_ranges = true;
	t->reply.size = r->size;
	if (send_condition(t, &v))
		return;
	if (field.p && t->r->method == METHOD_GET &&
	    condition_range_applies(t->r, &v))
		result = range_parse(field, r->size, ranges, &n);
	if (result == RANGE_UNSATISFIABLE) {
		send_error(t, 416);
		return;
	}
	t->reply.status = t->a->status = result == RANGE_SOME ? 206 : 200;
	if (result == RANGE_SOME)
		t->reply.range = ranges;
	send_ranges(t, r, result == RANGE_SOME ? ranges : &whole,
	    result == RANGE_SOME ? n : 1);
}

static void
send_file(struct turn *t, const struct mount *m, const char *path,
    const struct stat *st)
{
	const struct representation *r;
	int status = store_open(t->s->store, m, path, st, t->s->wall, &r);

	if (status) {
		t->a->left_root = status == 403 && errno == EXDEV;
		send_error(t, status);
		return;
	}
	send_representation(t, r);
	file_drop(r->file);
}

static void
send_listing(struct turn *t, const struct mount *m, const char *path,
    const struct stat *st)
{
	struct directory *d = &t->s->directory;
	struct directory_place place = {
	    t->s->site, m, path, t->s->path.name, st};
	int status = 403;

	errno = 0;
	if (t->s->site->listing && t->s->held > ANSWER_HELD_MAX)
		status = 503;
	else if (t->s->site->listing)
		status = directory_page(d, &place, t->s->wall);
	t->a->left_root = status == 403 && errno == EXDEV;
	if (status) {
		send_error(t, status);
		return;
	}
	t->reply.status = t->a->status = 200;
	t->reply.type = "text/html; charset=utf-8";
	t->reply.page = true;
	t->reply.length = d->page.len;
	reply_head(t->out, &t->reply, &t->s->common);
	if (t->r->method == METHOD_HEAD)
		return;
	buf_append(t->out, buf_str(&d->page), d->page.len);
	t->a->bytes = d->page.len;
}

/* Says why a path names nothing that we serve; errno is of beneath. */
static void
send_absence(struct turn *t)
{
	t->a->left_root = errno == EXDEV;
	send_error(t, store_status(errno));
}

static void
send_directory(struct turn *t, const struct mount *m, const char *path,
    const struct stat *dir)
{
	char index[PATH_LEN_MAX + 16];
	struct stat st;

	if (!t->s->path.slash) {
		send_redirect(t);
		return;
	}
	snprintf(
	    index, sizeof(index), "%s%sindex.html", path, *path ? "/" : "");
	if (!beneath_stat(&m->root, index, &st) && S_ISREG(st.st_mode))
		send_file(t, m, index, &st);
	else if (errno == EXDEV)
		send_absence(t);
	else
		send_listing(t, m, path, dir);
}

/* What lies below no mount, but perhaps above some. */
static void
send_above(struct turn *t)
{
	const struct site *site = t->s->site;
	size_t i, n;

	for (i = 0; i < site->n; i++)
		if (site_child(site, i, t->s->path.name, &n))
			break;
	if (i == site->n)
		send_error(t, 404);
	else if (!t->s->path.slash)
		send_redirect(t);
	else
		send_listing(t, NULL, "", NULL);
}

static void
send_path(struct turn *t)
{
	const struct path *p = &t->s->path;
	const char *path;
	const struct mount *m = site_find(t->s->site, p->name, &path);
	struct stat st;

	if (!m)
		send_above(t);
	else if (beneath_stat(&m->root, path, &st))
		send_absence(t);
	else if (S_ISDIR(st.st_mode))
		send_directory(t, m, path, &st);
	else if (!S_ISREG(st.st_mode))
		send_error(t, 403);
	else if (p->slash)
		send_error(t, 404);
	else
		send_file(t, m, path, &st);
}

static void
send_options(struct turn *t)
{
	t->reply.allow = true;
	t->reply.accept_ranges = true;
	t->reply.no_length = true;
	send_bare(t, 204);
}

void
answer_request(struct responder *s, const struct request *r, int refuse,
    struct buf *out, struct answer *a)
{
	struct turn t = {.s = s, .r = r, .out = out, .a = a};

	errno = 0;
	a->keep_alive = a->keep_alive && !refuse && r->keep_alive;
	a->body = NULL;
	a->bytes = 0;
	a->left_root = false;
	t.reply.keep_alive = a->keep_alive;
	if (!refuse && r->method == METHOD_OTHER)
		refuse = 405;
	if (!refuse &&
	    !(r->method == METHOD_OPTIONS && view_is(r->target, "*")))
		refuse = path_parse(&s->path, r->target);
	if (refuse)
		send_error(&t, refuse);
	else if (r->method == METHOD_OPTIONS)
		send_options(&t);
	else
		send_path(&t);
}
