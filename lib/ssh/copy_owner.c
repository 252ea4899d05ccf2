#include "ssh/copy_owner.h"

#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/quote.h"
#include "ssh/exec.h"

enum { OWNER_ANSWER_MAX = 4096 };

/* $1: the user, $2: the group or nothing. */
static const char owner_script[] =
    "u=$(id -u -- \"$1\") || exit; if [ -z \"$2\" ]; then "
    "g=$(id -g -- \"$1\"); else g=$(getent group -- \"$2\" 2>/dev/null || "
    "grep \"^$2:\" /etc/group); g=${g#*:}; g=${g#*:}; g=${g%%:*}; fi; "
    "[ \"$u\" ] && [ \"$g\" ] && echo fab $u $g";

static int
take_numbers(const char *text, struct sftp_attrs *owner)
{
	const char *line = strstr(text, "fab "), *gid;
	uint64_t u, g;

	if (!line)
		return -1;
	line += strlen("fab ");
	gid = line + strcspn(line, " ");
	if (!*gid || num_parse(line, (size_t)(gid - line), UINT32_MAX, &u))
		return -1;
	gid++;
	if (num_parse(gid, strcspn(gid, "\n"), UINT32_MAX, &g))
		return -1;
	*owner = (struct sftp_attrs){
	    .flags = SFTP_ATTR_OWNER, .uid = (uint32_t)u, .gid = (uint32_t)g};
	return 0;
}

static int
ask_host(struct connection *c, const char *user, const char *group,
    struct sftp_attrs *owner, struct fault *f)
{
	const char *const words[] = {
	    "exec", "sh", "-c", owner_script, "sh", user, group};
	struct buf command, answer;
	int ret;

	buf_init(&command, 65536);
	buf_init(&answer, OWNER_ANSWER_MAX);
	quote_words(&command, words, sizeof(words) / sizeof(words[0]));
	ret = exec_quiet(c, buf_str(&command), NULL, &answer, "--owner", f);
	if (ret >= 0 && take_numbers(buf_str(&answer), owner))
		ret = fault_set(f, FAULT_COPY, 0,
		    "--owner %s%s%s: the host does not know that user and "
		    "group; numbers are taken as they are",
		    user, *group ? ":" : "", group);
	buf_release(&command);
	buf_release(&answer);
	return ret < 0 ? -1 : 0;
}

int
copy_owner(struct connection *c, const char *text, struct sftp_attrs *owner,
    struct fault *f)
{
	size_t n = strcspn(text, ":");
	const char *group = text[n] ? text + n + 1 : "";
	uint64_t u, g;
	char *user;
	int ret;

	if (*group && !num_parse(text, n, UINT32_MAX, &u) &&
	    !num_parse_str(group, UINT32_MAX, &g)) {
		*owner = (struct sftp_attrs){.flags = SFTP_ATTR_OWNER,
		    .uid = (uint32_t)u,
		    .gid = (uint32_t)g};
		return 0;
	}
	user = mem_strndup(text, n);
	ret = ask_host(c, user, group, owner, f);
	mem_free(user);
	return ret;
}
