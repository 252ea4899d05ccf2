#include "http/site.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "http/path.h"

static bool
has_prefix(const struct site *s, const char *prefix)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (!strcmp(s->mounts[i].prefix, prefix))
			return true;
	return false;
}

/* The prefix as paths are compared: decoded, without slashes around it. */
static char *
clean_prefix(const char *prefix)
{
	struct path *path = mem_alloc(1, sizeof(*path));
	char *clean = NULL;

	if (!*prefix)
		clean = mem_strdup("");
	else if (*prefix == '/' && !path_parse(path, view_of(prefix)) &&
	    !path->query.n)
		clean = mem_strdup(path->name);
	mem_free(path);
	return clean;
}

int
site_add(struct site *s, const char *prefix, const char *dir, struct fault *f)
{
	struct mount *m = &s->mounts[s->n];
	char *clean;

	if (s->n == SITE_MOUNTS_MAX)
		return fault_set(f, FAULT_USAGE, 0, "too many mounts");
	clean = clean_prefix(prefix);
	if (!clean || has_prefix(s, clean)) {
		fault_set(f, FAULT_USAGE, 0,
		    clean ? "--mount %s: is mounted twice"
			  : "--mount %s: is not an absolute path of a URL",
		    prefix);
		mem_free(clean);
		return -1;
	}
	if (beneath_init(&m->root, dir, s->follow)) {
		mem_free(clean);
		return fault_set(f, FAULT_SYSTEM, errno, "%s", dir);
	}
	m->prefix = clean;
	m->dir = realpath(dir, NULL);
	if (!m->dir)
		m->dir = mem_strdup(dir);
	s->n++;
	return 0;
}

void
site_release(struct site *s)
{
	while (s->n > 0) {
		struct mount *m = &s->mounts[--s->n];

		mem_free(m->prefix);
		free(m->dir);
		beneath_release(&m->root);
	}
}

size_t
site_descriptors(const struct site *s, int *fds)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		fds[i] = s->mounts[i].root.fd;
	return s->n;
}

int
site_check(const struct site *s, const char *user, struct fault *f)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		const struct mount *m = &s->mounts[i];
		int fd = openat(m->root.fd, ".",
		    O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);

		if (fd < 0)
			return fault_set(f, FAULT_SYSTEM, errno,
			    "%s: user %s cannot read it (see -u)", m->dir,
			    user);
		close(fd);
		if (faccessat(m->root.fd, ".", X_OK, AT_EACCESS))
			return fault_set(f, FAULT_SYSTEM, errno,
			    "%s: user %s cannot search it (see -u)", m->dir,
			    user);
	}
	return 0;
}

const struct mount *
site_find(const struct site *s, const char *path, const char **rest)
{
	const struct mount *best = NULL;
	size_t best_len = 0, i;

	for (i = 0; i < s->n; i++) {
		const struct mount *m = &s->mounts[i];
		size_t n = strlen(m->prefix);

		if (n &&
		    (strncmp(path, m->prefix, n) ||
			(path[n] && path[n] != '/')))
			continue;
		if (best && n < best_len)
			continue;
		best = m;
		best_len = n;
	}
	if (best)
		*rest = path + best_len + (best_len && path[best_len] ? 1 : 0);
	return best;
}

const char *
site_child(const struct site *s, size_t i, const char *path, size_t *n)
{
	const char *prefix = s->mounts[i].prefix;
	size_t len = strlen(path);

	if (strncmp(prefix, path, len) || (len && prefix[len] != '/'))
		return NULL;
	prefix += len + (len ? 1 : 0);
	*n = strcspn(prefix, "/");
	return *n ? prefix : NULL;
}
