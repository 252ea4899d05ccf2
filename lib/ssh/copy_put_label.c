/*
 * A copy to a host under sudo: what was copied is listed in a file of the
 * host, in a private directory that the server's shell makes where there is
 * restorecon, and that shell runs it on the list in the end.  The paths are
 * written there one by one, so that a copy that is cut loses none.
 */
#include <string.h>

#include "base/mem.h"
#include "ssh/copy_put_internal.h"

static void
ignore(void *arg, uint64_t tag, struct sftp_reply *reply)
{
	(void)arg;
	(void)tag;
	(void)reply;
}

int
put_label_begin(struct put *p, struct fault *f)
{
	const char *dir = sftp_label_dir(p->s);
	struct sftp_attrs ours = {.flags = SFTP_ATTR_MODE, .mode = 0600};
	struct put_labels *l = &p->labels;
	struct sftp_result r;
	char *path;
	uint32_t id;
	int ret;

	if (!dir)
		return 0;
	path = copy_join(dir, "paths");
	id = sftp_ask(p->s, &r);
	(void)sftp_put_open(&p->client->out, id, path,
	    SFTP_OPEN_WRITE | SFTP_OPEN_CREATE | SFTP_OPEN_EXCLUSIVE, &ours);
	ret = sftp_await(p->s, &r, f);
	/* there is no such directory where there is no restorecon */
	if (!ret && r.reply.type == SFTP_HANDLE) {
		memcpy(l->handle, r.reply.bytes.p, r.reply.bytes.n);
		l->handle_n = r.reply.bytes.n;
	}
	sftp_result_release(&r);
	mem_free(path);
	return ret;
}

void
put_label(struct put *p, const char *path)
{
	struct put_labels *l = &p->labels;
	struct blob handle = {.p = l->handle, .n = l->handle_n};
	size_t n = strlen(path) + 1;
	uint32_t id;

	if (!l->handle_n || n == 1)
		return;
	id = sftp_expect(p->client, ignore, p, 0);
	(void)sftp_put_write(&p->client->out, id, handle, l->at, (uint32_t)n);
	(void)buf_append(&p->client->out, path, n);
	l->at += n;
}
