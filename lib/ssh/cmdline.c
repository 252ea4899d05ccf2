/*
 * The line is built from the outside in, as a list of words: the shell that
 * stays [ sudo [ watcher, mark, directory [ environment [ the command ] ] ] ].
 * The scripts are constants without quotes, backslashes and newlines, so that
 * fish and csh read them as sh does.  Their variables have names that no login
 * exports: the command would see what they were set to.
 *
 * A user cannot signal what root runs, and sudo passes a signal on to its
 * command alone.  So root's side has a watcher: when the shell that stays
 * outside of sudo has been killed (by cmdline_kill, on a second channel) while
 * the command runs, it ends the command's whole process group.  A connection
 * that is lost kills nobody, and so ends nothing.
 */
#include "ssh/cmdline.h"

#include <string.h>

#include "base/quote.h"

static const char cd_script[] =
    "CDPATH= cd -- \"$1\" || exit 125; shift; exec \"$@\"";
/* A server need not have set SHELL, though sshd does. */
#define USERS_SHELL "\"${SHELL:-/bin/sh}\""
/* $1: the line, then what sets its variables.  The shell is found before that:
 * SHELL and PATH may be among them. */
static const char line_script[] = "set -- \"$@\" " USERS_SHELL " -c \"$1\"; "
				  "shift; exec \"$@\"";
/* The shell that stays: removes the directory $1, if any, and passes on how
 * the command ended.  It keeps what it might say itself to itself.  Without
 * sudo, the signal that ends the command reaches it too: it has to survive.
 * A status above 128 may be a plain number as well: of the signals, it takes
 * for itself only those that end it, leave no core file, and have a name in
 * the protocol. */
#define STAY                                                                   \
	"exec 3>&2 2>/dev/null; _d=$1; shift; ( exec \"$@\" 2>&3 3>&- ); "     \
	"_r=$?; [ -z \"$_d\" ] || rm -rf -- \"$_d\"; trap - HUP INT TERM; "    \
	"case $_r in 129|130|137|138|140|141|142|143) kill -$((_r-128)) $$;; " \
	"esac; exit $_r"
static const char stay_script[] = STAY;
static const char survive_script[] = "trap : HUP INT TERM; " STAY;
/* $1 is the wanted user; sudo's options end at the first --. */
static const char sudo_script[] =
    "if command -v sudo >/dev/null 2>&1 || [ \"$(id -un)\" != \"$1\" ]; "
    "then shift; exec sudo \"$@\"; fi; "
    "until [ \"$1\" = -- ]; do shift; done; shift; exec \"$@\"";
/* Without a shell of ours under sudo: it is made to ask for the password, if
 * it wants one, before it runs the command with what it remembers of that for
 * the shell that it was started by.  $1: the wanted user, $2: the prompt, $3:
 * the mark's number; sudo's options end at the first --. */
static const char direct_script[] =
    "_u=$1 _p=$2 _m=$3; shift 3; "
    "if command -v sudo >/dev/null 2>&1 || [ \"$(id -un)\" != \"$_u\" ]; then "
    "sudo -n -v 2>/dev/null || sudo -S -p \"$_p\" -v || exit 1; "
    "sudo -n -l \"$@\" >/dev/null || { echo \"its rules do not allow this "
    "command, or it forgets passwords at once (timestamp_timeout=0)\" >&2; "
    "exit 1; }; printf \"{fab-%s}\" \"$_m\" >&2; sudo -n \"$@\"; exit; fi; "
    "until [ \"$1\" = -- ]; do shift; done; shift; "
    "printf \"{fab-%s}\" \"$_m\" >&2; exec \"$@\"";
/* The first parent that is not sudo is the shell that stays; the fields of
 * /proc/PID/stat behind the name are state, parent, group, session.  Where it
 * has been killed already, that is somebody else, who neither leads sudo's
 * session nor has the mark's number, $1, in the command line: then nothing may
 * begin.  Where other users' processes are hidden from us (hidepid of proc(5)),
 * there is nothing to watch. */
#define WATCH                                                                  \
	CMDLINE_SUDO_FIRST                                                     \
	"$$; _l=$PPID _v=; while read -r _s 2>/dev/null </proc/$_l/stat; do "  \
	"case $_s in *\"(sudo\"*) _s=$(set -- ${_s##*\")\" }; echo $2 $4); "   \
	"_l=${_s% *} _v=${_s#* };; *) break;; esac; done; "                    \
	"if [ -r /proc/1/cmdline ]; then [ \"$_l\" = \"$_v\" ] || "            \
	"grep -q \"$1\" /proc/$_l/cmdline 2>/dev/null; "                       \
	"case $? in 0|127) ;; *) exit 143;; esac; "                            \
	"( ( trap \"\" HUP INT TERM; while sleep 1 && [ -d /proc/$_c ]; do "   \
	"[ -d /proc/$_l ] && continue; [ -d /proc/$_c ] || exit; "             \
	"kill -TERM 0; sleep 5; kill -KILL 0; done "                           \
	") </dev/null >/dev/null 2>&1 & ); fi; "
/* The command ends with the process that serves our connection, its parent:
 * where that belongs to somebody else, only /proc tells that it is there.  $1:
 * a directory that a shell which is killed does not remove, or nothing; $2: 0
 * for the whole group, or with sudo nothing, for the shell that stays. */
static const char tether_script[] =
    "_c=$$ _l=$PPID _d=$1 _g=$2; shift 2; ( ( trap \"\" HUP INT TERM; "
    "is() { kill -0 $1 || [ -d /proc/$1 ]; }; "
    "while is $_l; do is $_c || exit; sleep 0.4 || sleep 1; done; "
    "is $_c || exit; kill -TERM ${_g:-$_c}; sleep 5; "
    "[ -z \"$_d\" ] || rm -rf -- \"$_d\"; [ -z \"$_g\" ] || kill -KILL 0 "
    ") </dev/null >/dev/null 2>&1 & ); exec \"$@\"";
/* $1: the mark's number. */
#define MARK "printf \"{fab-%s}\" \"$1\" >&2; "
static const char mark_script[] = WATCH MARK "shift; exec \"$@\"";
static const char mark_cd_script[] =
    WATCH MARK "CDPATH= cd -- \"$2\" || exit 125; shift 2; exec \"$@\"";
/* $0: the signal, $1: "-" for the whole group, nothing for its leader; $2: a
 * directory that nobody else removes any more, or nothing.  dropbear's command
 * is in the group of dropbear: there, it and its descendants get the signal. */
static const char kill_script[] =
    "g=$1 d=$2 a= t=' ' n=; for f in /proc/[0-9]*/stat; do "
    "read -r s 2>/dev/null <$f || continue; "
    "set -- ${s##*) }; p=${f#/proc/}; p=${p%/stat}; a=\"$a $p:$2\"; "
    "[ $2 = $PPID ] && [ $p != $$ ] || continue; "
    "if [ \"$g\" ] && [ $3 != $p ]; then t=\"$t$p \"; "
    "else kill -$0 $g$p || kill -$0 $p; fi; done 2>/dev/null; "
    "[ \"$t\" = ' ' ] || { while [ \"$n\" != \"$t\" ]; do n=$t; "
    "for p in $a; do case $t in *\" ${p%:*} \"*) ;; "
    "*\" ${p#*:} \"*) t=\"$t${p%:*} \" ;; esac; done; done; "
    "kill -$0 $t 2>/dev/null; }; "
    "[ -z \"$d\" ] || rm -rf -- \"$d\"";

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
put_whom(struct buf *to, const struct cmdline *c)
{
	int ret = 0;

	if (c->sudo_user)
		ret |= put(to, "-u") | put(to, c->sudo_user);
	if (c->sudo_group)
		ret |= put(to, "-g") | put(to, c->sudo_group);
	return ret | put(to, "--");
}

static int
put_direct(struct buf *to, const struct cmdline *c)
{
	int ret = put_shell(to, direct_script) |
	    put(to, c->sudo_user ? c->sudo_user : "root");

	ret |= put(to, c->sudo->prompt) | put(to, c->sudo->number);
	return ret | put_whom(to, c);
}

static int
put_sudo(struct buf *to, const struct cmdline *c)
{
	const char *user = c->sudo_user ? c->sudo_user : "root";
	int ret = put_shell(to, sudo_script) | put(to, user);

	ret |= put(to, "-S") | put(to, "-p") | put(to, c->sudo->prompt);
	ret |= put_whom(to, c);
	ret |= put_shell(to, c->directory ? mark_cd_script : mark_script);
	ret |= put(to, c->sudo->number);
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
	/* env(1) would take a program's name with = in it for a variable */
	if (!c->line && strchr(c->words[0], '='))
		ret |= put_shell(to, "exec \"$@\"");
	return ret;
}

/* A word that some login shell takes for its grammar where a command begins,
 * unless it is quoted. */
static bool
is_reserved(const char *word)
{
	static const char *const reserved[] = {"and", "begin", "breaksw",
	    "builtin", "case", "command", "coproc", "default", "do", "done",
	    "elif", "else", "end", "endif", "endsw", "esac", "exec", "fi",
	    "for", "foreach", "function", "if", "in", "nocorrect", "noglob",
	    "not", "onintr", "or", "repeat", "select", "switch", "then", "time",
	    "until", "while"};
	size_t i;

	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		if (strcmp(word, reserved[i]) == 0)
			return true;
	}
	return false;
}

static int
put_first(struct buf *to, const char *word)
{
	if (to->len || !is_reserved(word))
		return put(to, word);
	return buf_putc(to, '\'') | buf_puts(to, word) | buf_putc(to, '\'');
}

static int
put_command(struct buf *to, const struct cmdline *c)
{
	size_t i;
	int ret = 0;

	if (c->line && !c->sudo)
		return put_shell(to, line_script) | put(to, c->words[0]) |
		    put_env(to, c);
	ret |= put_env(to, c);
	/* env(1) looks along the PATH that it sets */
	if (c->line)
		return ret | put(to, c->n_env ? "/bin/sh" : "sh") |
		    put(to, "-c") | put(to, c->words[0]);
	for (i = 0; i < c->n; i++)
		ret |= i ? put(to, c->words[i]) : put_first(to, c->words[i]);
	return ret;
}

static int
put_tether(struct buf *to, const struct cmdline *c, bool behind)
{
	if (!c->tether)
		return 0;
	return put_shell(to, tether_script) |
	    put(to, c->scratch ? c->scratch : "") | put(to, behind ? "" : "0");
}

static int
put_stay(struct buf *to, const struct cmdline *c, bool behind)
{
	if (!c->sudo && !c->scratch)
		return 0;
	return put_shell(to, behind ? stay_script : survive_script) |
	    put(to, c->scratch ? c->scratch : "");
}

int
cmdline_build(struct buf *to, const struct cmdline *c)
{
	/* a shell of ours runs under sudo, where a user cannot signal it */
	bool behind = c->sudo && !c->sudo->direct;
	int ret = 0;

	if (!c->directory && !c->n_env && !c->sudo && !c->scratch && !c->tether)
		return c->line ? buf_puts(to, c->words[0]) : put_command(to, c);
	ret |= put(to, "exec");
	ret |= put_tether(to, c, behind) | put_stay(to, c, behind);
	if (!behind && c->directory)
		ret |= put_shell(to, cd_script) |
		    put(to, safe_directory(c->directory));
	if (c->sudo)
		ret |= behind ? put_sudo(to, c) : put_direct(to, c);
	return ret | put_command(to, c);
}

int
cmdline_read(struct buf *to, size_t n)
{
	/* not a byte more is read: the rest is the command's */
	int ret = buf_puts(to,
	    "exec sh -c 'eval \"$(dd bs=1 count=\"$1\" 2>/dev/null)\"' sh ");

	return ret | buf_printf(to, "%zu", n);
}

int
cmdline_wrap(struct buf *to, const char *line)
{
	return buf_puts(to, "exec " USERS_SHELL " -c") | put(to, line);
}

int
cmdline_kill(
    struct buf *to, const char *signal_name, bool sudo, const char *scratch)
{
	const char *const words[] = {"exec", "sh", "-c", kill_script,
	    signal_name, sudo ? "" : "-", sudo && scratch ? scratch : ""};

	return quote_words(to, words, sizeof(words) / sizeof(words[0]));
}
