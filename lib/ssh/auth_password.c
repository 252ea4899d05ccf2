/*
 * The methods that a person, or a file, answers.  A password is tried on one
 * host first (password.h), however the host asks for it.
 */
#include <string.h>

#include "base/mem.h"
#include "base/quote.h"
#include "ssh/ask.h"
#include "ssh/auth_internal.h"

enum { ANSWER_TEXT_MAX = 1000 };

/* Whether there is a password, or somebody who may be asked. */
static bool
is_possible(const struct login *l)
{
	struct password *p = l->access->password;

	if (l->password_refused || !p)
		return false;
	return !l->s->batch_mode || !password_must_ask(p);
}

static const struct secret *
get_password(struct login *l, struct fault *f)
{
	const struct secret *secret =
	    password_get(l->access->password, l->s, transport_waits(l->t), f);

	auth_asked(l);
	if (!secret && f->class == FAULT_AUTH)
		buf_printf(&l->notes, "; %s", f->text);
	return secret;
}

/* What the server's answer says about a password. */
static void
tell_verdict(struct login *l, enum auth_result r, const struct fault *f)
{
	enum password_verdict verdict = PASSWORD_ACCEPTED;

	/* a server hangs up after a wrong one, too */
	if (r == AUTH_FAILED || (r == AUTH_FAULT && f->class == FAULT_LOST))
		verdict = PASSWORD_REJECTED;
	else if (r == AUTH_FAULT)
		verdict = PASSWORD_UNTRIED;
	password_verdict(l->access->password, verdict);
	l->password_last = r == AUTH_FAULT && verdict == PASSWORD_REJECTED;
	if (verdict != PASSWORD_REJECTED)
		return;
	/* a typed one that was tried first may be typed again */
	if (!password_must_ask(l->access->password)) {
		l->password_refused = true;
		buf_puts(&l->notes, "; the password was refused");
	}
}

struct password_request {
	struct login *l;
	const struct secret *secret;
};

static int
password_step(void *arg)
{
	struct password_request *r = arg;
	const char *user = r->l->s->user;

	return libssh2_userauth_password_ex(transport_session(r->l->t), user,
	    (unsigned int)strlen(user), secret_bytes(r->secret),
	    (unsigned int)secret_len(r->secret), NULL);
}

enum auth_result
auth_try_password(struct login *l, struct fault *f)
{
	enum auth_result r = AUTH_FAILED;
	int i, rc;

	for (i = 0; i < l->s->number_of_password_prompts && is_possible(l) &&
	     r == AUTH_FAILED;
	     i++) {
		struct password_request request = {.l = l};

		request.secret = get_password(l, f);
		if (!request.secret)
			return f->class == FAULT_CANCELLED ? AUTH_FAULT
							   : AUTH_FAILED;
		r = auth_request(l, password_step, &request, &rc, f);
		if (rc == LIBSSH2_ERROR_PASSWORD_EXPIRED) {
			password_verdict(
			    l->access->password, PASSWORD_ACCEPTED);
			fault_set(f, FAULT_AUTH, 0,
			    "authentication: the password of %s has expired: "
			    "log in with ssh to change it",
			    l->s->user);
			return AUTH_FAULT;
		}
		tell_verdict(l, r, f);
	}
	return r;
}

/* One run of keyboard-interactive. */
struct interactive {
	struct login *l;
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

static int
ask_person(struct interactive *in, const char *text, size_t n, bool echo,
    LIBSSH2_USERAUTH_KBDINT_RESPONSE *to)
{
	const struct settings *s = in->l->s;
	struct secret *secret;
	struct buf prompt;
	int ret;

	if (s->batch_mode)
		return fault_set(in->fault, FAULT_AUTH, 0,
		    "authentication: the server asks something, and BatchMode "
		    "forbids to ask anybody");
	secret = secret_new();
	buf_init(&prompt, ANSWER_TEXT_MAX);
	buf_printf(&prompt, "(%s@%s) ", s->user, s->host);
	quote_printable(&prompt, text, n);
	ret = ask_answer(buf_str(&prompt), echo, secret,
	    transport_waits(in->l->t), in->fault);
	auth_asked(in->l);
	in->answered = true;
	if (!ret)
		ret = answer_with(in, secret, to);
	else
		fault_prefix(in->fault, "authentication");
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
	if (!is_possible(in->l))
		return fault_set(in->fault, FAULT_AUTH, 0, "refused before");
	secret = get_password(in->l, in->fault);
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

	(void)name;
	(void)name_len;
	(void)instruction;
	(void)instruction_len;
	for (i = 0; i < n && !in->aborted; i++)
		in->aborted = answer(in, &prompts[i], &responses[i]) != 0;
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
		tell_verdict(l, r, f);
	return r;
}

enum auth_result
auth_try_interactive(struct login *l, struct fault *f)
{
	enum auth_result r = AUTH_FAILED;
	bool again = true;
	int i;

	for (i = 0; i < l->s->number_of_password_prompts && is_possible(l) &&
	     again && r == AUTH_FAILED;
	     i++)
		r = interact(l, &again, f);
	return r;
}
