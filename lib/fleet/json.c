/*
 * One object a line and host.  A host's output is kept until it has ended;
 * then its line goes out piece by piece, and the others wait for their turn.
 */
#include <pthread.h>

#include "base/base64.h"
#include "base/json.h"
#include "base/mem.h"
#include "fleet/deliver.h"
#include "fleet/kept.h"

enum { JSON_PIECE_MAX = 1 << 20 }; /* six times a piece is less */

struct json {
	struct kept kept; /* first: it is the sink */
	pthread_mutex_t turn; /* of writing a line: may be held for long */
	/* Says more of a host, in the place of its output; or NULL. */
	void (*more)(void *arg, size_t host, struct buf *to);
	void *arg;
};

/* The value of "status". */
static const char *
status_name(const struct outcome *o)
{
	if (o->class != FAULT_NONE)
		return fault_class_name(o->class);
	if (o->signal[0])
		return "signal";
	return o->exit ? "exit" : "ok";
}

static void
put_head(const struct json *j, const struct target *t, const struct outcome *o,
    struct buf *to)
{
	const struct host *h = host_list_get(j->kept.hosts.list, t->index);
	int port = t->settings ? t->settings->port : h->port;
	bool exited = o->class == FAULT_NONE && !o->signal[0];

	buf_puts(to, "{\"host\":");
	json_string(to, t->label);
	buf_puts(to, ",\"user\":");
	json_string(to, t->settings ? t->settings->user : h->user);
	buf_puts(to, ",\"port\":");
	if (port)
		buf_printf(to, "%d", port);
	else
		buf_puts(to, "null");
	buf_printf(to, ",\"status\":\"%s\",\"exit\":", status_name(o));
	if (exited)
		buf_printf(to, "%d", o->exit);
	else
		buf_puts(to, "null");
	buf_puts(to, ",\"signal\":");
	json_string(to, o->signal[0] ? o->signal : NULL);
	buf_printf(to, ",\"seconds\":%lld.%02d", (long long)o->elapsed / 1000,
	    (int)(o->elapsed % 1000 / 10));
}

/* A text on its way out. */
struct piece {
	struct json *j;
	const struct wait *wait;
	bool binary;
};

static int
check_piece(void *arg, const char *bytes, size_t n)
{
	json_check_feed(arg, bytes, n);
	return 0;
}

static int
put_piece(void *arg, const char *bytes, size_t n)
{
	struct piece *p = arg;
	struct buf out;
	int ret;

	buf_init(&out, JSON_PIECE_MAX);
	if (p->binary)
		(void)base64_encode(&out, bytes, n);
	else
		json_escape(&out, bytes, n);
	ret = deliver(
	    p->j->kept.writer, WRITER_STDOUT, p->wait, out.data, out.len);
	buf_release(&out);
	return ret;
}

static int
put_text(struct json *j, const struct target *t, enum writer_stream stream)
{
	const struct spill_text *text = &j->kept.texts[t->index][stream];
	struct piece p = {.j = j, .wait = t->wait};
	struct json_check check = {0};
	struct buf head;
	int ret = spill_read(j->kept.spill, text, check_piece, &check);

	p.binary = !json_check_end(&check);
	buf_init(&head, 64);
	buf_printf(&head, ",\"%s%s\":\"",
	    stream == WRITER_STDOUT ? "stdout" : "stderr",
	    p.binary ? "_base64" : "");
	if (!ret)
		ret = deliver(j->kept.writer, WRITER_STDOUT, t->wait, head.data,
		    head.len);
	buf_release(&head);
	if (!ret)
		ret = spill_read(j->kept.spill, text, put_piece, &p);
	if (!ret)
		ret = deliver(j->kept.writer, WRITER_STDOUT, t->wait, "\"", 1);
	return ret;
}

static void
json_end(
    struct sink *s, const struct target *target, const struct outcome *outcome)
{
	struct json *j = (struct json *)s;
	struct buf head;
	int ret;

	buf_init(&head, 65536);
	put_head(j, target, outcome, &head);
	pthread_mutex_lock(&j->turn);
	if (j->more)
		j->more(j->arg, target->index, &head);
	ret = deliver(
	    j->kept.writer, WRITER_STDOUT, target->wait, head.data, head.len);
	if (!ret && !j->more)
		ret = put_text(j, target, WRITER_STDOUT);
	if (!ret && !j->more)
		ret = put_text(j, target, WRITER_STDERR);
	if (!ret)
		ret = deliver(
		    j->kept.writer, WRITER_STDOUT, target->wait, "}\n", 2);
	pthread_mutex_unlock(&j->turn);
	if (ret > 0)
		kept_note_error(&j->kept, ret);
	buf_release(&head);
	kept_again(s, target->index);
}

static int
json_finish(struct sink *s, const struct wait *wait)
{
	(void)wait;
	return ((struct kept *)s)->error;
}

static void
json_free(struct sink *s)
{
	struct json *j = (struct json *)s;

	kept_release(&j->kept);
	pthread_mutex_destroy(&j->turn);
	mem_free(j);
}

struct sink *
sink_json(struct writer *w, const struct sink_hosts *hosts, struct fault *f)
{
	static const struct sink_ops ops = {.room = kept_room,
	    .leave = kept_leave,
	    .output = kept_output,
	    .idle = kept_idle,
	    .again = kept_again,
	    .end = json_end,
	    .finish = json_finish,
	    .free = json_free};
	struct json *j = mem_alloc(1, sizeof(*j));

	(void)f;
	kept_init(&j->kept, &ops, w, hosts);
	pthread_mutex_init(&j->turn, NULL);
	return &j->kept.sink;
}

struct sink *
sink_json_more(struct writer *w, const struct sink_hosts *hosts,
    void (*more)(void *arg, size_t host, struct buf *to), void *arg)
{
	struct fault ignored = {0};
	struct json *j = (struct json *)sink_json(w, hosts, &ignored);

	j->more = more;
	j->arg = arg;
	return &j->kept.sink;
}
