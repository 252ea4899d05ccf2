/*
 * The methods that a person, or a file, answers.  A password is tried on one
 * host first (password.h), however the host asks for it.
 */
#include <string.h>

#include "ssh/auth_internal.h"

/* Whether there is a password, or somebody who may be asked. */
bool
auth_password_possible(const struct login *l)
{
	struct password *p = l->access->password;

	if (l->password_refused || !p)
		return false;
	return !l->s->batch_mode || !password_must_ask(p);
}

const struct secret *
auth_password_get(struct login *l, struct fault *f)
{
	const struct secret *secret =
	    password_get(l->access->password, l->s, transport_waits(l->t), f);

	auth_asked(l);
	if (!secret && f->class == FAULT_AUTH)
		buf_printf(&l->notes, "; %s", f->text);
	return secret;
}

/* What the server's answer says about a password. */
void
auth_password_tell(struct login *l, enum auth_result r, const struct fault *f)
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

	for (i = 0; i < l->s->number_of_password_prompts &&
	     auth_password_possible(l) && r == AUTH_FAILED;
	     i++) {
		struct password_request request = {.l = l};

		request.secret = auth_password_get(l, f);
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
		auth_password_tell(l, r, f);
	}
	return r;
}
