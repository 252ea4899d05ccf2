#include "ssh/auth.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "hosts/pattern.h"
#include "ssh/alglist.h"
#include "ssh/auth_internal.h"

enum {
	AUTH_MS = 120000, /* old hosts without DNS take a minute */
	AUTH_NOTES_MAX = 512,
	AUTH_ROUNDS_MAX = 16
};

/* The methods that we have, in ssh's order. */
static const struct method {
	const char *name;
	enum auth_result (*try)(struct login *l, struct fault *f);
} methods[] = {
    {"publickey", auth_try_keys},
    {"keyboard-interactive", auth_try_interactive},
    {"password", auth_try_password},
};

enum { METHODS = sizeof(methods) / sizeof(methods[0]) };

void
auth_asked(struct login *l)
{
	l->d = deadline_in(AUTH_MS, "end of the login", NULL);
	if (l->access->questions)
		atomic_fetch_add(l->access->questions, 1);
}

enum auth_result
auth_request(
    struct login *l, transport_step *step, void *arg, int *rc, struct fault *f)
{
	const struct transport_auth *answer = transport_auth(l->t);

	transport_auth_expect(l->t);
	*rc = transport_run(l->t, step, arg, &l->d, f);
	if (*rc == 0)
		return AUTH_DONE;
	if (f->class != FAULT_NONE)
		return AUTH_FAULT;
	/* whatever the library calls it: no answer, no connection */
	if (!answer->answered) {
		fault_set(f, FAULT_LOST, 0, "the server hung up");
		return AUTH_FAULT;
	}
	return answer->partial ? AUTH_PARTIAL : AUTH_FAILED;
}

struct list_request {
	struct transport *t;
	const char *user;
};

static int
list_step(void *arg)
{
	struct list_request *r = arg;
	LIBSSH2_SESSION *s = transport_session(r->t);

	const char *list =
	    libssh2_userauth_list(s, r->user, (unsigned int)strlen(r->user));

	if (list) {
		transport_auth_methods(r->t, list);
		return LIBSSH2_ERROR_AUTHENTICATION_FAILED;
	}
	if (libssh2_userauth_authenticated(s))
		return 0;
	return libssh2_session_last_errno(s);
}

/* The server may let a user in without asking, or tell what it wants. */
static enum auth_result
try_none(struct login *l, struct fault *f)
{
	struct list_request r = {.t = l->t, .user = l->s->user};
	int rc;

	return auth_request(l, list_step, &r, &rc, f);
}

static bool
is_enabled(const struct login *l, const struct method *m)
{
	if (m->try == auth_try_keys)
		return l->s->pubkey_authentication;
	if (m->try == auth_try_password)
		return l->s->password_authentication;
	return l->s->kbdint_authentication;
}

/* The methods in the order wanted; *n of them. */
static void
put_in_order(const struct login *l, const struct method **order, size_t *n)
{
	const char *wanted = l->s->preferred_authentications;
	size_t i, len;

	*n = 0;
	if (!wanted)
		wanted = "publickey,keyboard-interactive,password";
	for (; *wanted; wanted += strspn(wanted, ",")) {
		len = strcspn(wanted, ",");
		for (i = 0; i < METHODS && *n < METHODS; i++) {
			if (strlen(methods[i].name) == len &&
			    !memcmp(methods[i].name, wanted, len) &&
			    is_enabled(l, &methods[i]))
				order[(*n)++] = &methods[i];
		}
		wanted += len;
	}
}

/* Whether the server would take the method; it has said so, or nothing. */
static bool
is_wanted(const struct login *l, const struct method *m)
{
	const struct transport_auth *answer = transport_auth(l->t);

	return !answer->seen || alglist_has(answer->methods, m->name);
}

static int
refused(struct login *l, struct fault *f)
{
	const struct transport_auth *answer = transport_auth(l->t);
	const char *what =
	    l->tried->n ? "no key was accepted" : "there was no key to offer";

	if (!l->keys_wanted)
		what = "not accepted";
	/* a connection that was lost refuses nothing */
	if (l->tried->unjudged && !l->offered)
		return fault_set(f, FAULT_LOST, 0, "authentication: %s%s",
		    l->tried->words, buf_str(&l->notes));
	return fault_set(f, FAULT_AUTH, 0,
	    "authentication: %s as %s%s%s%s%s%s%s", what, l->s->user,
	    answer->seen ? " (the server wants " : "",
	    answer->seen ? answer->methods : "", answer->seen ? ")" : "",
	    l->tried->words[0] ? "; " : "", l->tried->words,
	    buf_str(&l->notes));
}

/* One method after the other, until one is accepted or none is left. */
static enum auth_result
try_methods(struct login *l, struct fault *f)
{
	const struct method *order[METHODS];
	enum auth_result r = AUTH_FAILED;
	size_t i, n;

	put_in_order(l, order, &n);
	for (i = 0; i < n && r == AUTH_FAILED; i++) {
		/* keys alone are worth trying before the server is asked */
		if (!transport_auth(l->t)->seen &&
		    order[i]->try != auth_try_keys)
			r = try_none(l, f);
		if (r == AUTH_FAILED && is_wanted(l, order[i]))
			r = order[i]->try(l, f);
	}
	if (r == AUTH_FAILED && !transport_auth(l->t)->seen)
		r = try_none(l, f);
	return r;
}

static void
note_hang_up(struct login *l)
{
	const char *why = transport_farewell(l->t);
	struct auth_tried *tried = l->tried;

	tried->unjudged = l->offered == 1 && !*why;
	if (transport_breach(l->t))
		why = transport_why(l->t);
	snprintf(tried->words, sizeof(tried->words),
	    "the server hung up after %d key%s%s%s", l->offered,
	    l->offered == 1 ? "" : "s", *why ? ": " : "", why);
}

/* After too many keys or a wrong password, the server hangs up instead of
 * answering: the reason is ours, not the network's.  With other keys it is
 * worth while to come again, with the same password it is not. */
static void
see_hang_up(struct login *l, struct fault *f)
{
	if (f->class != FAULT_LOST || (!l->offered && !l->password_last))
		return;
	l->tried->hung_up = !l->password_last;
	if (!l->password_last)
		note_hang_up(l);
	else if (!l->password_refused)
		buf_puts(&l->notes, "; the server hung up after the password");
	refused(l, f);
}

static int
login(struct login *l, struct fault *f)
{
	enum auth_result r = AUTH_PARTIAL;
	int rounds;

	/* each method that is accepted in part asks for another */
	for (rounds = 0; r == AUTH_PARTIAL && rounds < AUTH_ROUNDS_MAX;
	     rounds++)
		r = try_methods(l, f);
	if (r == AUTH_DONE)
		return 0;
	if (r == AUTH_FAULT)
		see_hang_up(l, f);
	else
		refused(l, f);
	return -1;
}

int
auth_login(struct transport *t, const struct settings *s,
    const struct access *access, struct auth_tried *tried, struct fault *f)
{
	struct login l = {.t = t,
	    .s = s,
	    .access = access,
	    .tried = tried,
	    .d = deadline_in(AUTH_MS, "end of the login", NULL)};
	int ret;

	tried->hung_up = false;
	buf_init(&l.notes, AUTH_NOTES_MAX);
	ret = login(&l, f);
	buf_release(&l.notes);
	return ret;
}
