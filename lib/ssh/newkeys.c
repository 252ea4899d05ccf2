#include "ssh/newkeys.h"

#include <pthread.h>
#include <string.h>
#include <strings.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "ssh/ask.h"
#include "ssh/fingerprint.h"
#include "ssh/knownhosts.h"

enum { NEWKEYS_TABLE_MAX = 16 << 20, NEWKEYS_TRIES = 3 };

/* A host and a key, by its fingerprint. */
struct newkey {
	char *host; /* as known_hosts has it; of a list, as that has it */
	char *label; /* what it is shown as; NULL: of a list */
	char *type; /* NULL: of a list */
	char *fingerprint;
	enum newkeys_verdict verdict;
	bool shown; /* in the last table */
	struct newkey *next;
};

struct newkeys {
	pthread_mutex_t lock;
	pthread_mutex_t asking; /* held by who asks */
	struct newkey *listed;
	struct newkey *seen; /* gathered, or asked about before */
};

struct newkeys *
newkeys_new(void)
{
	struct newkeys *n = mem_alloc(1, sizeof(*n));

	pthread_mutex_init(&n->lock, NULL);
	pthread_mutex_init(&n->asking, NULL);
	return n;
}

static void
free_list(struct newkey *k)
{
	while (k) {
		struct newkey *next = k->next;

		mem_free(k->host);
		mem_free(k->label);
		mem_free(k->type);
		mem_free(k->fingerprint);
		mem_free(k);
		k = next;
	}
}

void
newkeys_free(struct newkeys *n)
{
	if (!n)
		return;
	free_list(n->listed);
	free_list(n->seen);
	pthread_mutex_destroy(&n->lock);
	pthread_mutex_destroy(&n->asking);
	mem_free(n);
}

static struct newkey *
add(struct newkey **list, const char *host, size_t n_host,
    const char *fingerprint, size_t n_fingerprint)
{
	struct newkey *k = mem_alloc(1, sizeof(*k));

	k->host = mem_strndup(host, n_host);
	k->fingerprint = mem_strndup(fingerprint, n_fingerprint);
	while (*list)
		list = &(*list)->next;
	*list = k;
	return k;
}

/* One line; 0, or -1 when it is none. */
static int
take_line(struct newkeys *n, const char *line, size_t len)
{
	static const char kind[] = "SHA256:";
	static const char blanks[] = " \t\r";
	const char *end = memchr(line, '#', len), *print;
	size_t host;

	end = end ? end : line + len;
	while (line < end && strchr(blanks, *line))
		line++;
	if (line == end)
		return 0;
	for (host = 0; line + host < end && !strchr(blanks, line[host]);)
		host++;
	print = line + host;
	while (print < end && strchr(blanks, *print))
		print++;
	while (end > print && strchr(blanks, end[-1]))
		end--;
	if ((size_t)(end - print) < sizeof(kind) ||
	    memcmp(print, kind, sizeof(kind) - 1) != 0)
		return -1;
	(void)add(&n->listed, line, host, print, strcspn(print, " \t\r\n#"));
	return 0;
}

int
newkeys_parse(
    struct newkeys *n, const char *path, const char *text, struct fault *f)
{
	int number = 1;

	for (; *text; number++) {
		size_t len = strcspn(text, "\n");

		if (take_line(n, text, len))
			return fault_set(f, FAULT_USAGE, 0,
			    "%s line %d: HOST SHA256:... wanted", path, number);
		text += len;
		text += *text == '\n';
	}
	return 0;
}

int
newkeys_read(struct newkeys *n, const char *path, struct fault *f)
{
	struct buf text;
	int ret;

	buf_init(&text, NEWKEYS_FILE_MAX);
	ret = fdio_read_file(path, &text, f);
	if (ret)
		f->class = FAULT_USAGE;
	else
		ret = newkeys_parse(n, path, buf_str(&text), f);
	buf_release(&text);
	return ret;
}

/* By which it is kept. */
static char *
known_name(const struct settings *s)
{
	struct knownhosts_query q = {.hostname = s->hostname,
	    .port = s->port,
	    .alias = s->host_key_alias};

	return knownhosts_name(&q);
}

/* A list may call a host by its name, or by what is connected to. */
static bool
is_named(const char *name, const struct settings *s)
{
	char *known = known_name(s);
	bool is = !strcasecmp(name, s->host) ||
	    !strcasecmp(name, s->hostname) || !strcasecmp(name, known);

	mem_free(known);
	return is;
}

static enum newkeys_verdict
look_listed(
    const struct newkeys *n, const struct settings *s, const char *fingerprint)
{
	enum newkeys_verdict verdict = NEWKEYS_UNKNOWN;
	const struct newkey *k;

	for (k = n->listed; k; k = k->next) {
		if (!is_named(k->host, s))
			continue;
		if (!strcmp(k->fingerprint, fingerprint))
			return NEWKEYS_ACCEPTED;
		verdict = NEWKEYS_OTHER;
	}
	return verdict;
}

/* With the lock held: what was gathered of it, or NULL. */
static struct newkey *
find_seen(const struct newkeys *n, const char *host, const char *fingerprint)
{
	struct newkey *k = n->seen;

	while (
	    k && (strcmp(k->host, host) || strcmp(k->fingerprint, fingerprint)))
		k = k->next;
	return k;
}

enum newkeys_verdict
newkeys_look(
    struct newkeys *n, const struct settings *s, const struct blob *key)
{
	enum newkeys_verdict verdict;
	const struct newkey *k;
	char *host = known_name(s);
	struct buf print;

	buf_init(&print, 1024);
	fingerprint_print(&print, key->p, key->n);
	pthread_mutex_lock(&n->lock);
	verdict = look_listed(n, s, buf_str(&print));
	k = find_seen(n, host, buf_str(&print));
	if (k && verdict == NEWKEYS_UNKNOWN)
		verdict = k->verdict;
	pthread_mutex_unlock(&n->lock);
	buf_release(&print);
	mem_free(host);
	return verdict;
}

void
newkeys_gather(
    struct newkeys *n, const struct settings *s, const struct blob *key)
{
	char *host = known_name(s);
	struct newkey *new;
	struct buf print;
	size_t len;
	const char *type = knownhosts_blob_type(key->p, key->n, &len);

	buf_init(&print, 1024);
	fingerprint_print(&print, key->p, key->n);
	pthread_mutex_lock(&n->lock);
	if (!find_seen(n, host, buf_str(&print))) {
		new = add(
		    &n->seen, host, strlen(host), buf_str(&print), print.len);
		new->label = strcasecmp(s->host, host)
		    ? mem_printf("%s (%s)", s->host, host)
		    : mem_strdup(host);
		new->type =
		    type ? mem_strndup(type, len) : mem_strdup("unknown");
	}
	pthread_mutex_unlock(&n->lock);
	buf_release(&print);
	mem_free(host);
}

void
newkeys_describe(struct buf *to, const struct blob *key)
{
	size_t len;
	const char *type = knownhosts_blob_type(key->p, key->n, &len);

	buf_printf(to, "%.*s ", type ? (int)len : 7, type ? type : "unknown");
	fingerprint_print(to, key->p, key->n);
}

static int
larger(int width, size_t n)
{
	return (int)n > width ? (int)n : width;
}

size_t
newkeys_table(struct newkeys *n, struct buf *to)
{
	struct newkey *k;
	int host = 0, type = 0;
	size_t count = 0;

	for (k = n->seen; k; k = k->next) {
		if (k->verdict != NEWKEYS_UNKNOWN)
			continue;
		host = larger(host, strlen(k->label));
		type = larger(type, strlen(k->type));
		k->shown = true;
		count++;
	}
	buf_printf(to, "%s of %zu host%s not known:\n",
	    count == 1 ? "The key" : "The keys", count,
	    count == 1 ? " is" : "s are");
	for (k = n->seen; k; k = k->next) {
		if (k->verdict == NEWKEYS_UNKNOWN)
			buf_printf(to, "  %-*s  %-*s  %s\n", host, k->label,
			    type, k->type, k->fingerprint);
	}
	buf_printf(
	    to, "Accept and keep %s? (yes/no) ", count == 1 ? "it" : "them");
	return count;
}

/* An answer is about what was shown: others may have come meanwhile. */
static void
decide(struct newkeys *n, enum newkeys_verdict verdict)
{
	struct newkey *k;

	pthread_mutex_lock(&n->lock);
	for (k = n->seen; k; k = k->next) {
		if (k->shown && k->verdict == NEWKEYS_UNKNOWN)
			k->verdict = verdict;
	}
	pthread_mutex_unlock(&n->lock);
}

/* 1: yes; 0: no; -1 with a fault. */
static int
ask_yes(const char *table, const struct wait *w, struct fault *f)
{
	struct secret *answer = secret_new();
	const char *prompt = table;
	int i, ret = 0;

	for (i = 0; i < NEWKEYS_TRIES; i++) {
		secret_clear(answer);
		ret = ask_answer(prompt, true, answer, w, f);
		if (ret || !strcasecmp(secret_bytes(answer), "no"))
			break;
		ret = !strcasecmp(secret_bytes(answer), "yes");
		if (ret)
			break;
		prompt = "Please type yes or no: ";
	}
	secret_free(answer);
	return ret;
}

int
newkeys_ask(struct newkeys *n, const struct wait *w, struct fault *f)
{
	struct buf table;
	size_t count;
	int yes = 0;

	buf_init(&table, NEWKEYS_TABLE_MAX);
	pthread_mutex_lock(&n->asking);
	pthread_mutex_lock(&n->lock);
	count = newkeys_table(n, &table);
	pthread_mutex_unlock(&n->lock);
	if (count)
		yes = ask_yes(buf_str(&table), w, f);
	if (count && yes >= 0)
		decide(n, yes ? NEWKEYS_ACCEPTED : NEWKEYS_REFUSED);
	pthread_mutex_unlock(&n->asking);
	buf_release(&table);
	return yes < 0 ? -1 : 0;
}
