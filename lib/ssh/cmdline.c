/*
 * The line is built from the outside in, as a list of words: remove the
 * scratch directory afterwards [ sudo [ mark, directory [ environment [ the
 * command ] ] ] ].  The scripts are constants without quotes, backslashes
 * and newlines, so that fish and csh read them as sh does.
 */
#include "ssh/cmdline.h"

#include <string.h>

#include "base/quote.h"

static const char cd_script[] =
    "CDPATH= cd -- \"$1\" || exit 125; shift; exec \"$@\"";
static const char mark_script[] = "printf %s \"$1\" >&2; shift; exec \"$@\"";
static const char mark_cd_script[] =
    "printf %s \"$1\" >&2; CDPATH= cd -- \"$2\" || exit 125; shift 2; "
    "exec \"$@\"";
/* A child, not exec: this shell is there to clean up. */
static const char scratch_script[] =
    "d=$1; shift; trap : HUP INT TERM; \"$@\"; r=$?; rm -rf -- \"$d\"; "
    "exit $r";
/* $1 is the wanted user; sudo's options end at the first --. */
static const char sudo_script[] =
    "if command -v sudo >/dev/null 2>&1 || [ \"$(id -un)\" != \"$1\" ]; "
    "then shift; exec sudo \"$@\"; fi; "
    "until [ \"$1\" = -- ]; do shift; done; shift; exec \"$@\"";
/* The fields of /proc/PID/stat behind the name: state, parent, group. */
static const char kill_script[] =
    "for f in /proc/[0-9]*/stat; do read -r s 2>/dev/null <$f || continue; "
    "set -- ${s##*) }; [ $2 = $PPID ] || continue; p=${f#/proc/}; "
    "p=${p%/stat}; [ $p = $$ ] || kill -$0 -$p 2>/dev/null || kill -$0 $p; "
    "done";

static int
put(struct buf *to, const char *word)
{
	if (to->len && buf_putc(to, ' '))
		return -1;
	return quote_word(to, word);
}

static int
put_shell(struct buf *to, const char *script)
{
	return put(to, "sh") | put(to, "-c") | put(to, script) | put(to, "sh");
}

/* "-" alone would mean the directory before. */
static const char *
safe_directory(const char *directory)
{
	return strcmp(directory, "-") ? directory : "./-";
}

static int
put_sudo(struct buf *to, const struct cmdline *c)
{
	const char *user = c->sudo_user ? c->sudo_user : "root";
	int ret = put_shell(to, sudo_script) | put(to, user);

	ret |= put(to, "-S") | put(to, "-p") | put(to, c->sudo->prompt);
	if (c->sudo_user)
		ret |= put(to, "-u") | put(to, c->sudo_user);
	if (c->sudo_group)
		ret |= put(to, "-g") | put(to, c->sudo_group);
	ret |= put(to, "--");
	ret |= put_shell(to, c->directory ? mark_cd_script : mark_script);
	ret |= put(to, c->sudo->mark);
	if (c->directory)
		ret |= put(to, safe_directory(c->directory));
	return ret;
}

static int
put_env(struct buf *to, const struct cmdline *c)
{
	size_t i;
	int ret;

	if (!c->n_env)
		return 0;
	ret = put(to, "env");
	for (i = 0; i < c->n_env; i++)
		ret |= put(to, c->env[i]);
	return ret;
}

static int
put_command(struct buf *to, const struct cmdline *c)
{
	size_t i;
	int ret = 0;

	if (c->line && c->sudo)
		return put(to, "sh") | put(to, "-c") | put(to, c->words[0]);
	/* the login shell fills in its own name */
	if (c->line)
		return buf_puts(to, " $SHELL -c") | put(to, c->words[0]);
	for (i = 0; i < c->n; i++)
		ret |= put(to, c->words[i]);
	return ret;
}

int
cmdline_build(struct buf *to, const struct cmdline *c)
{
	int ret = 0;

	if (!c->directory && !c->n_env && !c->sudo && !c->scratch)
		return c->line ? buf_puts(to, c->words[0]) : put_command(to, c);
	ret |= put(to, "exec");
	if (c->scratch)
		ret |= put_shell(to, scratch_script) | put(to, c->scratch);
	if (c->sudo)
		ret |= put_sudo(to, c);
	else if (c->directory)
		ret |= put_shell(to, cd_script) |
		    put(to, safe_directory(c->directory));
	ret |= put_env(to, c);
	return ret | put_command(to, c);
}

int
cmdline_kill(struct buf *to, const char *signal_name)
{
	return buf_puts(to, "exec sh -c ") | quote_word(to, kill_script) |
	    buf_putc(to, ' ') | quote_word(to, signal_name);
}
