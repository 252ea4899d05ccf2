#include "fleet/password.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "fleet/ask.h"

enum { PASSWORD_TRIES = 3 };

enum password_state {
	STATE_FREE, /* nobody tries it */
	STATE_TRYING, /* one host does */
	STATE_ACCEPTED,
	STATE_REJECTED
};

/* A thread that waits for the verdict of another's try. */
struct waiter {
	struct wake *wake;
	struct waiter *next;
};

struct password {
	pthread_mutex_t lock;
	enum password_state state;
	struct secret *secret;
	bool known, typed, may_ask;
	int tries;
	pthread_t trier;
	struct waiter *waiters;
	const char *prompt, *hint;
};

struct password *
password_new(const char *prompt, bool may_ask, const char *hint)
{
	struct password *p = mem_alloc(1, sizeof(*p));

	pthread_mutex_init(&p->lock, NULL);
	p->secret = secret_new();
	p->prompt = prompt;
	p->may_ask = may_ask;
	p->hint = hint;
	return p;
}

void
password_free(struct password *p)
{
	if (!p)
		return;
	secret_free(p->secret);
	pthread_mutex_destroy(&p->lock);
	mem_free(p);
}

int
password_ask_now(struct password *p, const struct wait *w, struct fault *f)
{
	secret_clear(p->secret);
	if (ask_secret(p->prompt, p->secret, w, f))
		return -1;
	p->known = p->typed = true;
	return 0;
}

int
password_read_file(struct password *p, const char *path, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	int ret = 0;

	if (fd < 0)
		return fault_set(
		    f, FAULT_USAGE, errno, "password file %s", path);
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && (st.st_mode & 077))
		ret = fault_set(f, FAULT_USAGE, 0,
		    "password file %s: others can read it (chmod 600)", path);
	else if (secret_read_line(p->secret, fd))
		ret =
		    fault_set(f, FAULT_USAGE, errno, "password file %s", path);
	else if (secret_len(p->secret) == 0)
		ret = fault_set(f, FAULT_USAGE, 0,
		    "password file %s: its first line is empty", path);
	close(fd);
	p->known = ret == 0;
	return ret;
}

/* With the lock held: changes the state and has all waiters look. */
static void
change(struct password *p, enum password_state state)
{
	struct waiter *waiter;

	p->state = state;
	for (waiter = p->waiters; waiter; waiter = waiter->next)
		wake_notify(waiter->wake);
}

static void
remove_waiter(struct password *p, struct waiter *self)
{
	struct waiter **at;

	for (at = &p->waiters; *at; at = &(*at)->next) {
		if (*at == self) {
			*at = self->next;
			return;
		}
	}
}

/* With the lock held, which is given up meanwhile. */
static int
await_change(struct password *p, const struct wait *w, struct fault *f)
{
	struct deadline d = deadline_in(-1, "verdict", NULL);
	struct waiter self = {.wake = w->wake, .next = p->waiters};
	int ret;

	/* cppcheck-suppress autoVariables ; taken out again below */
	p->waiters = &self;
	pthread_mutex_unlock(&p->lock);
	ret = wait_poll(w, NULL, 0, &d, f);
	pthread_mutex_lock(&p->lock);
	remove_waiter(p, &self);
	return ret;
}

/* With the lock held: this thread is the one that tries. */
static const struct secret *
try_it(struct password *p, const struct wait *w, struct fault *f)
{
	int ret = 0;

	change(p, STATE_TRYING);
	p->trier = pthread_self();
	if (p->known)
		return p->secret;
	if (!p->may_ask) {
		change(p, STATE_FREE);
		fault_set(f, FAULT_SUDO, 0, "%s", p->hint);
		return NULL;
	}
	pthread_mutex_unlock(&p->lock);
	ret = password_ask_now(p, w, f);
	pthread_mutex_lock(&p->lock);
	if (!ret)
		return p->secret;
	change(p, STATE_FREE);
	if (f->class == FAULT_AUTH) {
		p->may_ask = false;
		fault_set(f, FAULT_SUDO, 0, "%s", p->hint);
	}
	return NULL;
}

static const struct secret *
password_get(void *arg, const struct wait *w, struct fault *f)
{
	struct password *p = arg;
	const struct secret *secret = NULL;
	int ret = 0;

	pthread_mutex_lock(&p->lock);
	while (!ret && p->state == STATE_TRYING)
		ret = await_change(p, w, f);
	if (!ret && p->state == STATE_ACCEPTED)
		secret = p->secret;
	else if (!ret && p->state == STATE_REJECTED)
		fault_set(f, FAULT_SUDO, 0,
		    "the password was refused on another host, so it was not "
		    "tried on this one");
	else if (!ret)
		secret = try_it(p, w, f);
	pthread_mutex_unlock(&p->lock);
	return secret;
}

static void
password_verdict(void *arg, enum password_verdict verdict)
{
	struct password *p = arg;

	pthread_mutex_lock(&p->lock);
	if (p->state == STATE_TRYING &&
	    pthread_equal(p->trier, pthread_self())) {
		if (verdict == PASSWORD_ACCEPTED) {
			change(p, STATE_ACCEPTED);
		} else if (verdict == PASSWORD_UNTRIED) {
			change(p, STATE_FREE);
		} else if (p->typed && ++p->tries < PASSWORD_TRIES) {
			p->known = false;
			change(p, STATE_FREE);
		} else {
			change(p, STATE_REJECTED);
		}
	}
	pthread_mutex_unlock(&p->lock);
}

struct password_source
password_source(struct password *p)
{
	return (struct password_source){
	    .arg = p, .get = password_get, .verdict = password_verdict};
}
