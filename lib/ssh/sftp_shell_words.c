/*
 * What a request says, as words for a shell.
 */
#include <inttypes.h>

#include "ssh/sftp_shell_internal.h"

enum { SHELL_MODE = 07777 };

void
shell_put_bytes(struct buf *to, struct blob bytes)
{
	size_t i;

	for (i = 0; i < bytes.n; i++) {
		char c = (char)bytes.p[i];

		if (c == '\'')
			buf_puts(to, "'\\''");
		else if (c == '\n')
			buf_puts(to, "'\"$n\"'");
		else
			buf_putc(to, c);
	}
}

void
shell_put_path(struct buf *to, struct blob path)
{
	buf_puts(to, " '");
	if (path.n == 0)
		buf_putc(to, '.');
	else if (path.p[0] == '-')
		buf_puts(to, "./");
	shell_put_bytes(to, path);
	buf_putc(to, '\'');
}

void
shell_put_attrs(struct buf *to, const struct sftp_attrs *a)
{
	if (a->flags & SFTP_ATTR_SIZE)
		buf_printf(to, " %" PRIu64, a->size);
	else
		buf_puts(to, " ''");
	if (a->flags & SFTP_ATTR_OWNER)
		buf_printf(to, " %u:%u", a->uid, a->gid);
	else
		buf_puts(to, " ''");
	if (a->flags & SFTP_ATTR_MODE)
		buf_printf(to, " %o", a->mode & SHELL_MODE);
	else
		buf_puts(to, " ''");
	if (a->flags & SFTP_ATTR_TIMES)
		buf_printf(to, " %u %u", a->atime, a->mtime);
	else
		buf_puts(to, " '' ''");
}
