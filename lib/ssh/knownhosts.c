#include "ssh/knownhosts.h"

#include <errno.h>
#include <string.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "ssh/knownhosts_internal.h"
#include "ssh/knownline.h"

struct knownhosts *
knownhosts_new(void)
{
	struct knownhosts *k = mem_alloc(1, sizeof(*k));

	pthread_rwlock_init(&k->lock, NULL);
	buf_init(&k->notes, 65536);
	return k;
}

void
knownhosts_free(struct knownhosts *k)
{
	struct file *file;
	size_t i;

	if (!k)
		return;
	while ((file = k->files)) {
		k->files = file->next;
		for (i = 0; i < file->count; i++)
			knownline_release(&file->lines[i]);
		mem_free(file->lines);
		mem_free(file->path);
		mem_free(file);
	}
	buf_release(&k->notes);
	pthread_rwlock_destroy(&k->lock);
	mem_free(k);
}

static struct file *
find_file(const struct knownhosts *k, const char *path)
{
	struct file *file = k->files;

	while (file && strcmp(file->path, path))
		file = file->next;
	return file;
}

static struct file *
new_file(struct knownhosts *k, const char *path)
{
	struct file *file = mem_alloc(1, sizeof(*file));

	file->path = mem_strdup(path);
	file->next = k->files;
	k->files = file;
	return file;
}

static void
keep_line(struct file *file, const struct knownline *line)
{
	if ((file->count & (file->count - 1)) == 0)
		file->lines = mem_realloc(file->lines,
		    (file->count ? 2 * file->count : 1) * sizeof(*file->lines));
	file->lines[file->count++] = *line;
}

void
knownhosts_read_line(struct knownhosts *k, struct file *file, const char *text,
    size_t n, int number)
{
	struct knownline line;
	const char *cause;
	int kind = knownline_parse(&line, text, n, &cause);

	line.number = number;
	if (kind < 0)
		buf_printf(&k->notes, "%s line %d: %s, skipped\n", file->path,
		    number, cause);
	if (kind <= 0)
		return;
	if (line.marker == KNOWNLINE_CA)
		buf_printf(&k->notes,
		    "%s line %d: @cert-authority is not supported, skipped\n",
		    file->path, number);
	keep_line(file, &line);
}

/* What follows in the file; a last line that is not ended is read, and will be
 * again. */
void
knownhosts_read_text(
    struct knownhosts *k, struct file *file, const char *text, size_t n)
{
	const char *end = text + n, *newline;

	while ((newline = memchr(text, '\n', (size_t)(end - text)))) {
		knownhosts_read_line(
		    k, file, text, (size_t)(newline - text), ++file->number);
		file->size += (size_t)(newline + 1 - text);
		text = newline + 1;
	}
	if (text < end)
		knownhosts_read_line(
		    k, file, text, (size_t)(end - text), file->number + 1);
}

void
knownhosts_parse(
    struct knownhosts *k, const char *path, const char *text, size_t n)
{
	pthread_rwlock_wrlock(&k->lock);
	knownhosts_read_text(k, new_file(k, path), text, n);
	pthread_rwlock_unlock(&k->lock);
}

/* The lock is held for writing.  A file that is not there is an empty one. */
struct file *
knownhosts_load(struct knownhosts *k, const char *path)
{
	struct file *file = find_file(k, path);
	struct buf text;
	struct fault f;

	if (file)
		return file;
	file = new_file(k, path);
	buf_init(&text, KNOWNHOSTS_FILE_MAX);
	if (!fdio_read_file(path, &text, &f))
		knownhosts_read_text(k, file, buf_str(&text), text.len);
	else if (f.error != ENOENT)
		buf_printf(&k->notes, "%s, skipped\n", f.text);
	buf_release(&text);
	return file;
}

static bool
all_loaded(const struct knownhosts *k, const struct knownhosts_query *q)
{
	size_t i, set;

	for (set = 0; set < 2; set++)
		for (i = 0; q->files[set] && i < q->files[set]->count; i++)
			if (!find_file(k, q->files[set]->items[i]))
				return false;
	return true;
}

/* Returns with the lock held for reading and all files of the query there. */
static void
lock_loaded(struct knownhosts *k, const struct knownhosts_query *q)
{
	size_t i, set;

	pthread_rwlock_rdlock(&k->lock);
	if (all_loaded(k, q))
		return;
	pthread_rwlock_unlock(&k->lock);
	pthread_rwlock_wrlock(&k->lock);
	for (set = 0; set < 2; set++)
		for (i = 0; q->files[set] && i < q->files[set]->count; i++)
			knownhosts_load(k, q->files[set]->items[i]);
	pthread_rwlock_unlock(&k->lock);
	pthread_rwlock_rdlock(&k->lock);
}

static char *
lower_name(char *name)
{
	for (char *p = name; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return name;
}

/* Whether the port is part of the name. */
static bool
has_own_port(const struct knownhosts_query *q)
{
	return !q->alias && q->port != 0 && q->port != 22;
}

char *
knownhosts_name(const struct knownhosts_query *q)
{
	if (has_own_port(q))
		return lower_name(mem_printf("[%s]:%d", q->hostname, q->port));
	return lower_name(mem_strdup(q->alias ? q->alias : q->hostname));
}

const char *
knownhosts_blob_type(const void *blob, size_t n, size_t *len)
{
	return knownline_blob_type(blob, n, len);
}

/* Calls visit for each line of the query's files that is about name, until it
 * returns true. */
typedef bool visitor(
    void *arg, const struct file *f, const struct knownline *l);

static void
visit_lines(const struct knownhosts *k, const struct knownhosts_query *q,
    const char *name, visitor *visit, void *arg)
{
	const struct file *file;
	size_t set, i, j;

	for (set = 0; set < 2; set++) {
		for (i = 0; q->files[set] && i < q->files[set]->count; i++) {
			file = find_file(k, q->files[set]->items[i]);
			for (j = 0; j < file->count; j++)
				if (knownline_matches(&file->lines[j], name) &&
				    visit(arg, file, &file->lines[j]))
					return;
		}
	}
}

static bool
visit_type(void *arg, const struct file *file, const struct knownline *l)
{
	struct words *types = arg;
	size_t len;
	const char *type = knownline_blob_type(l->blob, l->blob_len, &len);
	char *text;

	(void)file;
	if (l->marker != KNOWNLINE_PLAIN)
		return false;
	text = mem_strndup(type, len);
	if (!words_have(types, text))
		words_add(types, text);
	mem_free(text);
	return false;
}

void
knownhosts_types(
    struct knownhosts *k, const struct knownhosts_query *q, struct words *types)
{
	char *name = knownhosts_name(q);
	size_t before = types->count;

	lock_loaded(k, q);
	visit_lines(k, q, name, visit_type, types);
	if (types->count == before && has_own_port(q)) {
		mem_free(name);
		name = lower_name(mem_strdup(q->hostname));
		visit_lines(k, q, name, visit_type, types);
	}
	pthread_rwlock_unlock(&k->lock);
	mem_free(name);
}

struct check {
	struct knownhosts_answer answer;
	const void *blob;
	size_t n;
};

static bool
same_key(const struct check *c, const struct knownline *l)
{
	return c->n == l->blob_len && !memcmp(c->blob, l->blob, c->n);
}

static bool
same_type(const struct check *c, const struct knownline *l)
{
	size_t mine, theirs;
	const char *a = knownline_blob_type(c->blob, c->n, &mine);
	const char *b = knownline_blob_type(l->blob, l->blob_len, &theirs);

	return a && b && mine == theirs && !memcmp(a, b, mine);
}

static enum knownhosts_verdict
judge(const struct check *c, const struct knownline *l)
{
	if (l->marker == KNOWNLINE_CA)
		return KNOWNHOSTS_UNKNOWN;
	if (l->marker == KNOWNLINE_REVOKED)
		return same_key(c, l) ? KNOWNHOSTS_REVOKED : KNOWNHOSTS_UNKNOWN;
	if (same_key(c, l))
		return KNOWNHOSTS_KNOWN;
	return same_type(c, l) ? KNOWNHOSTS_CHANGED : KNOWNHOSTS_OTHER_TYPE;
}

/* Revoked beats known, known beats changed, changed beats other types; of
 * equals the first line counts. */
static bool
visit_check(void *arg, const struct file *file, const struct knownline *l)
{
	static const int weight[] = {[KNOWNHOSTS_UNKNOWN] = 0,
	    [KNOWNHOSTS_OTHER_TYPE] = 1,
	    [KNOWNHOSTS_CHANGED] = 2,
	    [KNOWNHOSTS_KNOWN] = 3,
	    [KNOWNHOSTS_REVOKED] = 4};
	struct check *c = arg;
	enum knownhosts_verdict verdict = judge(c, l);

	if (weight[verdict] > weight[c->answer.verdict])
		c->answer = (struct knownhosts_answer){
		    .verdict = verdict, .file = file->path, .line = l->number};
	return verdict == KNOWNHOSTS_REVOKED;
}

/* The lock is held. */
struct knownhosts_answer
knownhosts_look(const struct knownhosts *k, const struct knownhosts_query *q,
    const void *blob, size_t n)
{
	struct check c = {.blob = blob, .n = n}, plain = c;
	char *name = knownhosts_name(q);

	visit_lines(k, q, name, visit_check, &c);
	mem_free(name);
	if (c.answer.verdict != KNOWNHOSTS_UNKNOWN || !has_own_port(q))
		return c.answer;
	name = lower_name(mem_strdup(q->hostname));
	visit_lines(k, q, name, visit_check, &plain);
	mem_free(name);
	if (plain.answer.verdict == KNOWNHOSTS_KNOWN ||
	    plain.answer.verdict == KNOWNHOSTS_REVOKED)
		return plain.answer;
	return c.answer;
}

struct knownhosts_answer
knownhosts_check(struct knownhosts *k, const struct knownhosts_query *q,
    const void *blob, size_t n)
{
	struct knownhosts_answer answer;

	lock_loaded(k, q);
	answer = knownhosts_look(k, q, blob, n);
	pthread_rwlock_unlock(&k->lock);
	return answer;
}

void
knownhosts_take_notes(struct knownhosts *k, struct buf *to)
{
	pthread_rwlock_wrlock(&k->lock);
	buf_append(to, buf_str(&k->notes), k->notes.len);
	buf_clear(&k->notes);
	pthread_rwlock_unlock(&k->lock);
}
