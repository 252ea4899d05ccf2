#include "ssh/sftp_session.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "ssh/cmdline.h"
#include "ssh/sftp_session_internal.h"

enum {
	SESSION_LINE_MAX = 1024 * 1024,
	SESSION_END_MS = 60000,
	SESSION_EARLY = 64 * 1024,
	SESSION_ANSWERS_MAX = 128 << 20 /* never reached */
};

/* $1: a directory that is to be made for a list of paths whose contexts are to
 * be right in the end, or empty.  The server's end is that of our input; that
 * of the shell comes after it, whatever may end the server.  Where there is no
 * server, the shell itself serves (sftp_shell.h), and passes over the first
 * request, which says no more than that SFTP is spoken. */
static const char server_script[] =
    "for s in /usr/lib/openssh/sftp-server /usr/libexec/openssh/sftp-server "
    "/usr/libexec/sftp-server /usr/lib/ssh/sftp-server "
    "/usr/lib/sftp-server /usr/lib/misc/sftp-server "
    "/usr/local/libexec/sftp-server; do [ -x \"$s\" ] && break; s=; done; "
    "[ \"$s\" ] || s=$(command -v sftp-server); "
    "serve() { [ -z \"$s\" ] || exec \"$s\"; " SFTP_SHELL_CHECK
    " || exit 127; dd bs=1 count=9 >/dev/null 2>&1; "
    "echo " SFTP_SHELL_GREETING "; " SFTP_SHELL_LOOP "; exit 0; }; "
    "[ \"$1\" ] && command -v restorecon >/dev/null 2>&1 && "
    "command -v xargs >/dev/null 2>&1 && mkdir -m 700 \"$1\" || serve; "
    "trap : HUP INT TERM; ( serve ); r=$?; "
    "[ ! -s \"$1/paths\" ] || xargs -0 restorecon -- <\"$1/paths\" "
    ">/dev/null 2>&1; rm -rf \"$1\"; exit $r";

static void
build_line(struct sftp *s, const struct sftp_how *how)
{
	const char *const words[] = {
	    "sh", "-c", server_script, "sh", s->label_dir};
	struct cmdline c = {.words = words,
	    .n = sizeof(words) / sizeof(words[0]),
	    .sudo = &s->sudo,
	    .sudo_user = how->sudo_user};
	char nonce[NONCE_LEN + 1];

	if (how->labels) {
		nonce_make(nonce);
		snprintf(s->label_dir, sizeof(s->label_dir), "%s%s", LABEL_DIR,
		    nonce);
	}
	(void)cmdline_build(&s->line, &c);
	s->exec.sudo = &s->sudo;
	s->exec.password = how->password;
	s->exec.command = buf_str(&s->line);
}

static struct sftp *
session_new(struct connection *c, const struct sftp_how *how)
{
	struct sftp *s = mem_alloc(1, sizeof(*s));

	s->c = c;
	s->output = how->output;
	sftp_client_init(&s->client);
	sudo_init(&s->sudo, false);
	buf_init(&s->line, SESSION_LINE_MAX);
	buf_init(&s->words, SESSION_WORDS);
	buf_init(&s->nonsense, SESSION_WORDS);
	buf_init(&s->early, SESSION_EARLY);
	buf_init(&s->answers, SESSION_ANSWERS_MAX);
	s->io = (struct exec_io){.arg = s,
	    .room = session_room,
	    .output = session_output,
	    .input = session_input,
	    .input_fd = -1,
	    .tick = how->tick};
	s->exec =
	    (struct exec){.io = &s->io, .window = how->window, .polite = true};
	if (how->sudo)
		build_line(s, how);
	else
		s->exec.subsystem = "sftp";
	return s;
}

/* What the server last said, without the end of its line. */
static const char *
words_of(struct sftp *s)
{
	while (s->words.len && s->words.data[s->words.len - 1] == '\n')
		s->words.data[--s->words.len] = '\0';
	return buf_str(&s->words);
}

/* The server has ended, and we have not asked it to. */
static int
ended_fault(struct sftp *s, int status, struct fault *f)
{
	if (*words_of(s))
		return fault_set(f, FAULT_CONNECT, 0,
		    "the SFTP server ended: %s", words_of(s));
	return fault_set(
	    f, FAULT_CONNECT, 0, "the SFTP server ended (status %d)", status);
}

static int
end_early(struct sftp *s, int ret, struct fault *f)
{
	struct exec_result result = {0};

	if (exec_end(s->running, ret, &result, f)) {
		s->running = NULL;
		return -1;
	}
	s->running = NULL;
	if (s->exec.sudo && !s->client.ready && result.status == 127)
		return fault_set(f, FAULT_COPY, 0,
		    "the host has no sftp-server, and not what a shell could "
		    "do its work with (find, stat -c, dd iflag=fullblock)");
	return ended_fault(s, result.status, f);
}

static int
check_broken(struct sftp *s, struct fault *f)
{
	if (!s->broken)
		return 0;
	if (s->nonsense.len)
		return fault_set(f, FAULT_CONNECT, 0,
		    "the host does not speak SFTP, but says: %s",
		    buf_str(&s->nonsense));
	return fault_set(
	    f, FAULT_CONNECT, 0, "the host's SFTP server talks nonsense");
}

int
sftp_move(struct sftp *s, bool *moved, struct fault *f)
{
	int ret;

	if (!s->running)
		return fault_set(f, FAULT_LOST, 0, "the connection was lost");
	ret = exec_move(s->running, moved, f);
	if (check_broken(s, f))
		return -1;
	if (ret > 0)
		return end_early(s, ret, f);
	return ret;
}

int
sftp_wait(struct sftp *s, struct fault *f)
{
	return exec_wait(s->running, f);
}

int
sftp_turn(struct sftp *s, struct fault *f)
{
	bool moved = false;
	int ret = sftp_move(s, &moved, f);

	return ret || moved ? ret : sftp_wait(s, f);
}

static int
check_cancelled(struct sftp *s, struct fault *f)
{
	struct wait w = *transport_waits(s->c->t);

	w.patience = CANCEL_NONE;
	return wait_cancelled(&w, f);
}

static void
got_limits(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	struct sftp *s = arg;

	(void)tag;
	if (reply->type == SFTP_EXTENDED_REPLY)
		(void)sftp_parse_limits(reply, &s->client.server);
}

/* Perhaps it takes more at once than every server has to: that is not waited
 * for. */
static void
ask_limits(struct sftp *s)
{
	if (s->client.server.limits)
		(void)sftp_put_extended(&s->client.out,
		    sftp_expect(&s->client, got_limits, s, 0),
		    "limits@openssh.com", NULL, NULL);
}

static int
greet(struct sftp *s, struct fault *f)
{
	while (!s->client.ready) {
		if (sftp_turn(s, f) || check_cancelled(s, f))
			return -1;
	}
	if (s->client.server.version < SFTP_VERSION)
		return fault_set(f, FAULT_CONNECT, 0,
		    "the host speaks SFTP version %u, and not 3",
		    s->client.server.version);
	ask_limits(s);
	return 0;
}

struct sftp *
sftp_open(struct connection *c, const struct sftp_how *how, struct fault *f)
{
	struct sftp *s = session_new(c, how);

	if (exec_begin(c, &s->exec, &s->running, f) || greet(s, f)) {
		sftp_abandon(s);
		return NULL;
	}
	return s;
}

int
sftp_open_spare(struct connection *c, const struct sftp_how *how,
    struct sftp **spare, struct fault *f)
{
	struct sftp *s = session_new(c, how);
	int ret;

	*spare = NULL;
	s->exec.spare = true;
	ret = exec_begin(c, &s->exec, &s->running, f);
	if (!ret)
		*spare = s;
	else
		sftp_abandon(s);
	return ret && f->class != FAULT_CONNECT ? -1 : 0;
}

bool
sftp_is_ready(const struct sftp *s)
{
	return s->client.ready;
}

int64_t
sftp_round_trip(const struct sftp *s)
{
	return exec_round_trip(s->running);
}

int
sftp_close(struct sftp *s, struct fault *f)
{
	struct deadline d = deadline_in(SESSION_END_MS, "end", NULL);
	struct exec_result result = {0};
	int ret = 0;

	s->closing = true;
	/* what a channel of the subsystem's end says is of no interest */
	while (s->exec.sudo && ret == 0 && deadline_left(&d) &&
	    !check_cancelled(s, f))
		ret = exec_turn(s->running, f);
	if (ret > 0) {
		ret = exec_end(s->running, ret, &result, f);
		s->running = NULL;
	}
	sftp_abandon(s);
	return ret < 0 ? -1 : 0;
}

void
sftp_abandon(struct sftp *s)
{
	struct exec_result result = {0};
	struct fault ignored = {0};

	if (!s)
		return;
	if (s->running)
		(void)exec_end(s->running, -1, &result, &ignored);
	sftp_client_release(&s->client);
	sudo_release(&s->sudo);
	buf_release(&s->line);
	buf_release(&s->words);
	buf_release(&s->nonsense);
	buf_release(&s->early);
	buf_release(&s->answers);
	sftp_shell_free(s->shell);
	mem_free(s);
}

const char *
sftp_label_dir(const struct sftp *s)
{
	return *s->label_dir ? s->label_dir : NULL;
}

struct sftp_client *
sftp_client(struct sftp *s)
{
	return &s->client;
}

void
sftp_wait_also(struct sftp *s, int fd)
{
	s->io.input_fd = fd;
}

static void
keep_answer(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	struct sftp_result *r = arg;
	struct blob *words;

	(void)tag;
	r->reply = *reply;
	words =
	    reply->type == SFTP_STATUS ? &r->reply.message : &r->reply.bytes;
	(void)buf_append(&r->bytes, words->p, words->n);
	words->p = (const uint8_t *)r->bytes.data;
	r->came = true;
}

uint32_t
sftp_ask(struct sftp *s, struct sftp_result *result)
{
	*result = (struct sftp_result){0};
	buf_init(&result->bytes, SFTP_PACKET_MAX);
	return sftp_expect(&s->client, keep_answer, result, 0);
}

int
sftp_await(struct sftp *s, struct sftp_result *result, struct fault *f)
{
	while (!result->came) {
		if (sftp_turn(s, f) || check_cancelled(s, f)) {
			sftp_forget(&s->client, result);
			return -1;
		}
	}
	return 0;
}

void
sftp_result_release(struct sftp_result *result)
{
	buf_release(&result->bytes);
}

int
sftp_stat(struct sftp *s, const char *path, bool follow,
    struct sftp_attrs *attrs, struct fault *f)
{
	struct sftp_result r;
	uint32_t id = sftp_ask(s, &r);
	int ret;

	(void)sftp_put_path(
	    &s->client.out, follow ? SFTP_STAT : SFTP_LSTAT, id, path);
	ret = sftp_await(s, &r, f);
	if (!ret && r.reply.type == SFTP_ATTRS)
		*attrs = r.reply.attrs;
	else if (!ret)
		ret = r.reply.type == SFTP_STATUS && r.reply.code
		    ? (int)r.reply.code
		    : SFTP_FAILURE;
	sftp_result_release(&r);
	return ret;
}
