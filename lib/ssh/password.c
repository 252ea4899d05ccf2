#include "ssh/password.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "ssh/ask.h"
#include "ssh/passwordprogram.h"
#include "ssh/changes.h"

enum { PASSWORD_TRIES = 3 };

enum password_state {
	STATE_FREE, /* nobody tries it */
	STATE_TRYING, /* one host does */
	STATE_ACCEPTED,
	STATE_REJECTED
};

/* What a program printed for a host. */
struct printed {
	struct secret *secret;
	struct printed *next;
};

struct password {
	pthread_mutex_t lock;
	enum password_state state;
	struct secret *secret;
	bool known, typed, no_terminal;
	int tries;
	pthread_t trier;
	struct changes changes; /* for the verdict of another's try */
	struct password_use use;
	char *program; /* that prints it, or NULL */
	struct printed *printed;
	struct password *other; /* that an empty answer stands for, or NULL */
};

struct password *
password_new(const struct password_use *use)
{
	struct password *p = mem_alloc(1, sizeof(*p));

	pthread_mutex_init(&p->lock, NULL);
	p->secret = secret_new();
	p->use = *use;
	return p;
}

void
password_free(struct password *p)
{
	if (!p)
		return;
	while (p->printed) {
		struct printed *next = p->printed->next;

		secret_free(p->printed->secret);
		mem_free(p->printed);
		p->printed = next;
	}
	mem_free(p->program);
	secret_free(p->secret);
	pthread_mutex_destroy(&p->lock);
	mem_free(p);
}

int
password_ask_now(struct password *p, const struct wait *w, struct fault *f)
{
	secret_clear(p->secret);
	if (ask_secret(p->use.prompt, p->secret, w, f))
		return -1;
	p->known = p->typed = true;
	return 0;
}

void
password_or_else(struct password *p, struct password *other)
{
	p->other = other;
}

/* The password that this one stands for. */
static struct password *
meant(struct password *p)
{
	return p->other && p->typed && secret_len(p->secret) == 0 ? p->other
								  : p;
}

/* A pipe is as slow as what writes to it, which may itself ask a person. */
static int
read_line(struct secret *to, int fd, const char *path, const struct wait *w,
    struct fault *f)
{
	struct deadline never = deadline_in(-1, "password", NULL);
	struct pollfd p = {.fd = fd, .events = POLLIN};

	do {
		do {
			if (wait_poll(w, &p, 1, &never, f))
				return -1;
		} while (!p.revents);
		if (!secret_read_line(to, fd))
			return 0;
	} while (errno == EAGAIN);
	return fault_set(f, FAULT_USAGE, errno, "password file %s", path);
}

/* Takes an open password file. */
static int
take_file(struct password *p, int fd, const char *path, const struct wait *w,
    struct fault *f)
{
	struct stat st;
	bool is_file = !fstat(fd, &st) && S_ISREG(st.st_mode);

	if (is_file && (st.st_mode & S_IXUSR)) {
		if (st.st_mode & (S_IWGRP | S_IWOTH))
			return fault_set(f, FAULT_USAGE, 0,
			    "password program %s: others can change it", path);
		p->program = mem_strdup(path);
		return 0;
	}
	if (is_file && (st.st_mode & 077))
		return fault_set(f, FAULT_USAGE, 0,
		    "password file %s: others can read it (chmod 600)", path);
	if (read_line(p->secret, fd, path, w, f))
		return -1;
	if (secret_len(p->secret) == 0)
		return fault_set(f, FAULT_USAGE, 0,
		    "password file %s: its first line is empty", path);
	p->known = true;
	return 0;
}

int
password_read_file(
    struct password *p, const char *path, const struct wait *w, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int ret;

	if (fd < 0)
		return fault_set(
		    f, FAULT_USAGE, errno, "password file %s", path);
	ret = take_file(p, fd, path, w, f);
	close(fd);
	return ret;
}

/* With the lock held: changes the state and has all waiters look. */
static void
change(struct password *p, enum password_state state)
{
	p->state = state;
	changes_tell(&p->changes);
}

/* With the lock held: this thread is the one that tries. */
static const struct secret *
try_it(struct password *p, bool may_ask, const struct wait *w, struct fault *f)
{
	int ret = 0;

	change(p, STATE_TRYING);
	p->trier = pthread_self();
	if (p->known)
		return p->secret;
	if (p->no_terminal || !may_ask) {
		change(p, STATE_FREE);
		fault_set(f, p->use.class, 0, "%s", p->use.hint);
		return NULL;
	}
	pthread_mutex_unlock(&p->lock);
	ret = password_ask_now(p, w, f);
	pthread_mutex_lock(&p->lock);
	if (!ret)
		return p->secret;
	change(p, STATE_FREE);
	if (f->class == FAULT_AUTH) {
		p->no_terminal = true;
		fault_set(f, p->use.class, 0, "%s", p->use.hint);
	}
	return NULL;
}

static const struct secret *
run_program(struct password *p, const struct settings *s, const struct wait *w,
    struct fault *f)
{
	struct printed *printed;
	struct secret *secret = secret_new();

	if (passwordprogram_run(p->program, s, secret, w, f)) {
		secret_free(secret);
		if (f->class == FAULT_SYSTEM)
			f->class = p->use.class;
		return NULL;
	}
	printed = mem_alloc(1, sizeof(*printed));
	printed->secret = secret;
	pthread_mutex_lock(&p->lock);
	printed->next = p->printed;
	p->printed = printed;
	pthread_mutex_unlock(&p->lock);
	return secret;
}

bool
password_must_ask(struct password *p)
{
	bool known;

	p = meant(p);
	pthread_mutex_lock(&p->lock);
	known = p->known || p->program;
	pthread_mutex_unlock(&p->lock);
	return !known;
}

const struct secret *
password_get(struct password *p, const struct settings *s, const struct wait *w,
    struct fault *f)
{
	const struct secret *secret = NULL;
	int ret = 0;

	p = meant(p);
	if (p->program)
		return run_program(p, s, w, f);
	pthread_mutex_lock(&p->lock);
	while (!ret && p->state == STATE_TRYING)
		ret = changes_await(&p->changes, &p->lock, w, f);
	if (!ret && p->state == STATE_ACCEPTED)
		secret = p->secret;
	else if (!ret && p->state == STATE_REJECTED)
		fault_set(f, p->use.class, 0,
		    "the password was refused on another host, so it was not "
		    "tried on this one");
	else if (!ret)
		secret = try_it(p, !s->batch_mode, w, f);
	pthread_mutex_unlock(&p->lock);
	return secret;
}

void
password_verdict(struct password *p, enum password_verdict verdict)
{
	p = meant(p);
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
