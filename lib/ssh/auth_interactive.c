/*
 * keyboard-interactive (RFC 4256): what the server asks for its password is
 * answered with the one of all hosts, all else a person has to tell.  What
 * comes with the questions is shown above the first that somebody is asked, or
 * else as a note: once, for servers of a kind all tell the same.
 */
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/quote.h"
#include "ssh/ask.h"
#include "ssh/auth_internal.h"

enum {
	TEXT_MAX = 8192, /* bytes of a text of the server's that are shown */
	SHOWN_MAX = 16 * TEXT_MAX, /* with what is made printable in it */
	CAUSE_MAX = 80 /* bytes of a question in a message */
};

/* One run of keyboard-interactive. */
struct interactive {
	struct login *l;
	struct buf told; /* lines that nobody has seen yet */
	bool gave_password;
	bool answered; /* a person, something else */
	bool aborted;
	struct fault *fault;
};

static int
answer_with(struct interactive *in, const struct secret *secret,
    LIBSSH2_USERAUTH_KBDINT_RESPONSE *to)
{
	size_t n = secret_len(secret);

	to->text = transport_alloc(in->l->t, n + 1);
	memcpy(to->text, secret_bytes(secret), n);
	to->length = (unsigned int)n;
	return 0;
}

/* Line by line, printable. */
static void
put_text(struct buf *to, const char *text, size_t n)
{
	bool cut = n > TEXT_MAX;
	const char *end = text + (cut ? TEXT_MAX : n);

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;

		n = (size_t)(stop - text);
		if (newline && n > 0 && stop[-1] == '\r')
			n--;
		quote_printable(to, text, n);
		if (newline)
			buf_putc(to, '\n');
		text = newline ? newline + 1 : end;
	}
	if (cut)
		buf_puts(to, " ...\n");
}

/* A text of lines of its own, unless it is empty. */
static void
put_lines(struct buf *to, const char *text, int n)
{
	if (n <= 0)
		return;
	put_text(to, text, (size_t)n);
	if (to->len && to->data[to->len - 1] != '\n')
		buf_putc(to, '\n');
}

static void
note_told(struct interactive *in)
{
	const char *line = buf_str(&in->told);

	for (; *line; line += strcspn(line, "\n"), line += *line == '\n')
		diag_note(
		    "%s: %.*s", in->l->s->host, (int)strcspn(line, "\n"), line);
	buf_clear(&in->told);
}

static int
fail_to_ask(struct interactive *in, const char *text, size_t n)
{
	struct buf asked;

	while (n > 0 && strchr(" \r\n", text[n - 1]))
		n--;
	buf_init(&asked, 4 * CAUSE_MAX);
	quote_printable(&asked, text, n < CAUSE_MAX ? n : CAUSE_MAX);
	fault_prefix(in->fault, "authentication: the server asks \"%s\"",
	    buf_str(&asked));
	buf_release(&asked);
	return -1;
}

static int
ask_person(struct interactive *in, const char *text, size_t n, bool echo,
    LIBSSH2_USERAUTH_KBDINT_RESPONSE *to)
{
	const struct settings *s = in->l->s;
	struct secret *secret;
	struct buf prompt;
	int ret;

	if (s->batch_mode) {
		fault_set(in->fault, FAULT_AUTH, 0,
		    "BatchMode forbids to ask anybody");
		return fail_to_ask(in, text, n);
	}
	secret = secret_new();
	buf_init(&prompt, 2 * SHOWN_MAX);
	buf_printf(&prompt, "%s(%s@%s) ", buf_str(&in->told), s->user, s->host);
	buf_clear(&in->told);
	put_text(&prompt, text, n);
	ret = ask_answer(buf_str(&prompt), echo, secret,
	    transport_waits(in->l->t), in->fault);
	auth_asked(in->l);
	in->answered = true;
	if (!ret)
		ret = answer_with(in, secret, to);
	else
		fail_to_ask(in, text, n);
	buf_release(&prompt);
	secret_free(secret);
	return ret;
}

static bool
is_password_prompt(const char *text, size_t n)
{
	char *copy = mem_strndup(text, n);
	bool is = strcasestr(copy, "password") &&
	    !strcasestr(copy, "one-time") && !strcasestr(copy, "otp") &&
	    !strcasestr(copy, "token");

	mem_free(copy);
	return is;
}

/* The first hidden question for a password is answered with the one of all
 * hosts; what else the server wants to know, a person has to tell. */
static int
answer(struct interactive *in, const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompt,
    LIBSSH2_USERAUTH_KBDINT_RESPONSE *to)
{
	const char *text = (const char *)prompt->text;
	const struct secret *secret;

	if (prompt->echo || in->gave_password || !in->l->access->password ||
	    !is_password_prompt(text, prompt->length))
		return ask_person(in, text, prompt->length, prompt->echo, to);
	if (!auth_password_possible(in->l))
		return fault_set(in->fault, FAULT_AUTH, 0, "refused before");
	secret = auth_password_get(in->l, in->fault);
	if (!secret)
		return -1;
	in->gave_password = true;
	return answer_with(in, secret, to);
}

/* As many parameters as the library's type has. */
static void /* NOLINTNEXTLINE(readability-function-size) */
respond(const char *name, int name_len, const char *instruction,
    int instruction_len, int n, const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompts,
    LIBSSH2_USERAUTH_KBDINT_RESPONSE *responses, void **abstract)
{
	struct transport *t = *abstract;
	struct interactive *in = transport_auth(t)->arg;
	int i;

	buf_init(&in->told, SHOWN_MAX);
	put_lines(&in->told, name, name_len);
	put_lines(&in->told, instruction, instruction_len);
	if (in->told.len &&
	    !keyring_is_news(in->l->access->keys, buf_str(&in->told)))
		buf_clear(&in->told);
	for (i = 0; i < n && !in->aborted; i++)
		in->aborted = answer(in, &prompts[i], &responses[i]) != 0;
	note_told(in);
	buf_release(&in->told);
	/* an answer that nobody gave must not count as a wrong one */
	if (in->aborted)
		transport_mute(t);
}

static int
interactive_step(void *arg)
{
	struct interactive *in = arg;
	const char *user = in->l->s->user;

	return libssh2_userauth_keyboard_interactive_ex(
	    transport_session(in->l->t), user, (unsigned int)strlen(user),
	    respond);
}

static enum auth_result
interact(struct login *l, bool *again, struct fault *f)
{
	struct fault why = {0};
	struct interactive in = {.l = l, .fault = &why};
	enum auth_result r;
	int rc;

	transport_auth(l->t)->arg = &in;
	r = auth_request(l, interactive_step, &in, &rc, f);
	transport_auth(l->t)->arg = NULL;
	*again = in.gave_password || in.answered;
	if (in.aborted) {
		if (in.gave_password)
			password_verdict(l->access->password, PASSWORD_UNTRIED);
		*f = why;
		return AUTH_FAULT;
	}
	if (in.gave_password)
		auth_password_tell(l, r, f);
	return r;
}

enum auth_result
auth_try_interactive(struct login *l, struct fault *f)
{
	enum auth_result r = AUTH_FAILED;
	bool again = true;
	int i;

	for (i = 0; i < l->s->number_of_password_prompts &&
	     auth_password_possible(l) && again && r == AUTH_FAILED;
	     i++)
		r = interact(l, &again, f);
	return r;
}
