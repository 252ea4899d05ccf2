#include "ssh/copy_home.h"

#include <string.h>

#include "base/mem.h"
#include "ssh/copy_name.h"

enum { HOME_MAX = 4096 };

/* A home directory as a pattern that matches it alone. */
static void
put_plain(struct buf *to, struct blob name, bool is_pattern)
{
	size_t i;

	for (i = 0; i < name.n; i++) {
		if (is_pattern && strchr("*?[]\\", name.p[i]))
			(void)buf_putc(to, '\\');
		(void)buf_putc(to, (char)name.p[i]);
	}
}

/* Asks for ~USER alone: 0 when the answer is there, or -1 with a fault. */
static int
ask(struct sftp *s, const char *user, struct sftp_result *r, struct fault *f)
{
	uint32_t id;

	if (!sftp_client(s)->server.expand_path)
		return fault_set(f, FAULT_COPY, 0,
		    "%s: the host's SFTP server does not tell where that is "
		    "(./%s is a file of that name)",
		    user, user);
	id = sftp_ask(s, r);
	(void)sftp_put_extended(
	    &sftp_client(s)->out, id, "expand-path@openssh.com", user, NULL);
	if (!sftp_await(s, r, f))
		return 0;
	sftp_result_release(r);
	return -1;
}

static char *
expand(struct sftp *s, const char *user, const char *rest, bool is_pattern,
    struct fault *f)
{
	struct sftp_entry entry = {0};
	struct sftp_result r = {0};
	struct buf path;
	char *expanded = NULL;

	if (ask(s, user, &r, f))
		return NULL;
	if (r.reply.type == SFTP_NAME &&
	    sftp_next_entry(&r.reply, &entry) == 1 && entry.name.n &&
	    entry.name.n < HOME_MAX && entry.name.p[0] == '/' &&
	    !memchr(entry.name.p, '\0', entry.name.n)) {
		buf_init(&path, 2 * HOME_MAX + strlen(rest));
		put_plain(&path, entry.name, is_pattern);
		(void)buf_puts(&path, rest);
		expanded = buf_steal(&path);
	} else {
		fault_set(f, FAULT_COPY, 0,
		    "%s: the host does not know that user", user);
	}
	sftp_result_release(&r);
	return expanded;
}

char *
copy_expand_home(
    struct sftp *s, const char *path, bool is_pattern, struct fault *f)
{
	const char *plain = copy_home(path);
	size_t n = strcspn(path, "/");
	char *user, *expanded;

	if (path[0] != '~' || plain != path)
		return mem_strdup(plain);
	user = mem_strndup(path, n);
	expanded = expand(s, user, path + n, is_pattern, f);
	mem_free(user);
	return expanded;
}
