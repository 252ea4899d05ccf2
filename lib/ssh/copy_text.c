#include "ssh/copy_text.h"

#include <inttypes.h>
#include <string.h>

#include "base/quote.h"

enum {
	TEXT_MESSAGE_MAX = 200, /* bytes of a server's words */
	TEXT_NAME_ENDS = 150 /* bytes shown of both ends of a long name */
};

bool
copy_is_ok(const struct sftp_reply *reply)
{
	return reply->type == SFTP_STATUS && reply->code == SFTP_OK;
}

bool
copy_is_vague(const struct sftp_reply *reply)
{
	return reply->type == SFTP_STATUS && reply->code == SFTP_FAILURE;
}

void
copy_reason(struct buf *text, const struct sftp_reply *reply)
{
	size_t n = reply->message.n < TEXT_MESSAGE_MAX ? reply->message.n
						       : TEXT_MESSAGE_MAX;

	if (reply->type != SFTP_STATUS) {
		buf_puts(text, "the host's answer makes no sense");
		return;
	}
	switch (reply->code) {
	case SFTP_NO_SUCH_FILE:
		buf_puts(text, "no such file or directory");
		break;
	case SFTP_PERMISSION_DENIED:
		buf_puts(text, "permission denied");
		break;
	case SFTP_UNSUPPORTED:
		buf_puts(text, "the host's SFTP server cannot do that");
		break;
	default:
		if (n == 0 || blob_is(&reply->message, "Failure"))
			buf_puts(text, "the host gives no reason");
		else
			quote_printable(
			    text, (const char *)reply->message.p, n);
		break;
	}
}

const char *
copy_space_reason(const struct sftp_space *space)
{
	if (space->read_only)
		return "read-only file system";
	/* less than a large block: a write of that size has failed */
	if (space->blocks && space->available * space->unit < 1024 * 1024)
		return "no space left on the file system";
	if (space->files && !space->files_available)
		return "no room for more files on the file system";
	return NULL;
}

void
copy_file_text(struct buf *text, const char *name, const char *reason)
{
	size_t n = strlen(name);

	if (n <= 2 * TEXT_NAME_ENDS) {
		quote_printable(text, name, n);
	} else {
		quote_printable(text, name, TEXT_NAME_ENDS);
		buf_puts(text, " ... ");
		quote_printable(
		    text, name + n - TEXT_NAME_ENDS, TEXT_NAME_ENDS);
	}
	if (*reason)
		buf_printf(text, ": %s", reason);
}

void
copy_amount(struct buf *text, uint64_t bytes)
{
	static const char *const units[] = {"bytes", "KB", "MB", "GB", "TB"};
	uint64_t whole = bytes, rest = 0;
	size_t i = 0;

	while (whole >= 1000 && i < sizeof(units) / sizeof(units[0]) - 1) {
		rest = whole % 1000 / 100;
		whole /= 1000;
		i++;
	}
	if (i && whole < 10)
		buf_printf(
		    text, "%" PRIu64 ".%" PRIu64 " %s", whole, rest, units[i]);
	else
		buf_printf(text, "%" PRIu64 " %s", whole, units[i]);
}
