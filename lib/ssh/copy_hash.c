#include "ssh/copy_hash.h"

#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/nonce.h"
#include "base/num.h"
#include "ssh/cmdline.h"
#include "ssh/copy_name.h"

enum {
	HASH_ROOM = 32 * 1024,
	HASH_LINE_MAX = 16 * 1024,
	HASH_COMMAND_MAX = 64 * 1024,
	HASH_TICK_MS = 1000
};

/* $1: a number by which the shell tells that it runs.  OpenSSL's program is
 * several times as fast as most sha256sum; one before 3.0 does not escape
 * newlines in names. */
static const char hash_script[] =
    "n=$1; case $(openssl version 2>/dev/null) in \"OpenSSL \"[3-9]*) "
    "set -- openssl dgst -sha256 -r;; *) set -- sha256sum;; esac; "
    "command -v xargs >/dev/null 2>&1 && "
    "command -v \"$1\" >/dev/null 2>&1 || exit 3; "
    "echo \"$n\"; exec xargs -0 -n 1000 \"$@\" -- 2>/dev/null";

struct copy_hashing {
	struct connection *c;
	const struct copy_hash *files;
	struct exec exec;
	struct exec_io io;
	struct sudo sudo;
	struct running *running;
	int began; /* what its begin has returned */
	struct fault fault;
	struct buf command;
	struct buf line; /* the beginning of one */
	struct buf names; /* that are to be sent */
	char nonce[NONCE_LEN + 1];
	bool begun; /* the shell runs */
	bool lost; /* a line was too long */
};

static size_t
hash_room(void *arg, enum channel_stream stream)
{
	(void)arg;
	(void)stream;
	return HASH_ROOM;
}

/* What sha256sum puts a backslash before. */
static char *
unescape(const char *text, size_t n)
{
	char *path = mem_alloc(n + 1, 1);
	size_t i, len = 0;

	for (i = 0; i < n; i++) {
		char c = text[i];

		if (c == '\\' && i + 1 < n) {
			c = text[++i];
			c = c == 'n' ? '\n' : c == 'r' ? '\r' : c;
		}
		path[len++] = c;
	}
	return path;
}

char *
copy_hash_line(const char *line, size_t n, uint8_t value[DIGEST_LEN])
{
	bool escaped = n > 0 && line[0] == '\\';
	size_t i;

	line += escaped;
	n -= escaped;
	if (n < 2 * DIGEST_LEN + 3 || line[2 * DIGEST_LEN] != ' ' ||
	    !strchr(" *", line[2 * DIGEST_LEN + 1]))
		return NULL;
	for (i = 0; i < DIGEST_LEN; i++) {
		int high = num_hex_digit(line[2 * i]);
		int low = num_hex_digit(line[2 * i + 1]);

		if (high < 0 || low < 0)
			return NULL;
		value[i] = (uint8_t)(high << 4 | low);
	}
	line += 2 * DIGEST_LEN + 2;
	n -= 2 * DIGEST_LEN + 2;
	return escaped ? unescape(line, n) : mem_strndup(line, n);
}

static void
take_line(struct copy_hashing *h, const char *line, size_t n)
{
	uint8_t value[DIGEST_LEN];
	char *path;

	if (!h->begun) {
		h->begun = n == strlen(h->nonce) && !memcmp(line, h->nonce, n);
		return;
	}
	path = copy_hash_line(line, n, value);
	if (path)
		h->files->digest(h->files->arg, path, value);
	mem_free(path);
}

static void
hash_output(void *arg, enum channel_stream stream, const char *bytes, size_t n)
{
	struct copy_hashing *h = arg;
	size_t at = 0;
	const char *end;

	if (stream == CHANNEL_STDERR) {
		diag_verbose(2, "sha256sum: %.*s", (int)n, bytes);
		return;
	}
	if (buf_append(&h->line, bytes, n)) {
		buf_clear(&h->line);
		return;
	}
	while ((end = memchr(h->line.data + at, '\n', h->line.len - at))) {
		size_t len = (size_t)(end - (h->line.data + at));

		take_line(h, h->line.data + at, len);
		at += len + 1;
	}
	buf_consume(&h->line, at);
}

/* Names that could be taken for options, or for the directory before, are
 * told apart. */
static ssize_t
hash_input(void *arg, char *bytes, size_t n)
{
	struct copy_hashing *h = arg;
	char *path;

	while (h->names.len < n && (path = h->files->next(h->files->arg))) {
		buf_append(&h->names, path, strlen(path) + 1);
		mem_free(path);
	}
	if (!h->names.len && h->files->waits && h->files->waits(h->files->arg))
		return -1;
	if (n > h->names.len)
		n = h->names.len;
	if (n)
		memcpy(bytes, h->names.data, n);
	buf_consume(&h->names, n);
	return (ssize_t)n;
}

static void
build_line(struct buf *line, const char *nonce, const struct copy_how *how,
    const struct sudo *sudo)
{
	const char *const words[] = {"sh", "-c", hash_script, "sh", nonce};
	struct cmdline c = {.words = words,
	    .n = sizeof(words) / sizeof(words[0]),
	    .sudo = how->sudo ? sudo : NULL,
	    .sudo_user = how->sudo_user};

	(void)cmdline_build(line, &c);
}

struct copy_hashing *
copy_hash_begin(struct connection *c, const struct copy_how *how,
    const struct copy_hash *files)
{
	struct copy_hashing *h = mem_alloc(1, sizeof(*h));

	h->c = c;
	h->files = files;
	nonce_make(h->nonce);
	sudo_init(&h->sudo, false);
	buf_init(&h->command, HASH_COMMAND_MAX);
	buf_init(&h->line, 2 * HASH_ROOM + HASH_LINE_MAX);
	buf_init(&h->names, 4 * HASH_ROOM);
	build_line(&h->command, h->nonce, how, &h->sudo);
	h->io = (struct exec_io){.arg = h,
	    .room = hash_room,
	    .output = hash_output,
	    .input = hash_input,
	    .input_fd = -1,
	    .tick = HASH_TICK_MS};
	h->exec = (struct exec){.io = &h->io,
	    .command = buf_str(&h->command),
	    .sudo = how->sudo ? &h->sudo : NULL,
	    .password = how->sudo ? how->password : NULL,
	    .ours = true,
	    .polite = true};
	h->began = exec_begin(c, &h->exec, &h->running, &h->fault);
	return h;
}

int
copy_hash_move(struct copy_hashing *h, bool *moved, struct fault *f)
{
	struct wait w = *transport_waits(h->c->t);
	int ret;

	if (h->began) {
		*f = h->fault;
		return -1;
	}
	ret = exec_move(h->running, moved, f);
	w.patience = CANCEL_NONE;
	return ret == 0 && wait_cancelled(&w, f) ? -1 : ret;
}

int
copy_hash_end(struct copy_hashing *h, int ret, struct fault *f)
{
	struct exec_result result = {0};

	ret = exec_end(h->running, ret, &result, f);
	/* a server that allows one session, or sudo once, has no shell for us */
	if (ret && f->class != FAULT_LOST && f->class != FAULT_CANCELLED)
		ret = 0;
	if (!ret && !h->begun)
		ret = 1;
	buf_release(&h->command);
	buf_release(&h->line);
	buf_release(&h->names);
	sudo_release(&h->sudo);
	mem_free(h);
	return ret;
}

bool
copy_hash_allowed(const struct connection *c, const struct copy_how *how)
{
	return !how->sudo || !c->sudo_asked;
}

int
copy_hash(struct connection *c, const struct copy_how *how,
    const struct copy_hash *files, struct fault *f)
{
	struct copy_hashing *h;
	bool moved = true;
	int ret = 0;

	if (!copy_hash_allowed(c, how))
		return 1;
	h = copy_hash_begin(c, how, files);
	while (ret == 0) {
		ret = moved ? 0 : exec_wait(h->running, f);
		moved = false;
		if (!ret)
			ret = copy_hash_move(h, &moved, f);
	}
	return copy_hash_end(h, ret, f);
}
