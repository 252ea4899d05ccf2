/*
 * Requests of SFTP as lines for a shell.  It first reads the functions below,
 * a line each; then every request is one call behind the mark, and what follows
 * a write's line is the data, which dd takes from the same input, byte for byte.
 * An answer is what a command prints, the mark, a message, the mark, a status
 * and a newline.  The mark has a number that no file knows: should dd not take
 * its data, for it was killed or could not be started, the shell ends at the
 * first line of them, and evaluates none.
 */
#include "ssh/sftp_shell.h"

#include <stdio.h>

#include "base/mem.h"
#include "ssh/sftp_shell_internal.h"

enum {
	SHELL_LINES_MAX = 64 << 20 /* never reached: callers look at it */
};

static const char *const functions[] = {
    "export LC_ALL=C; umask 077; e=; n=$(printf '\\nx'); n=${n%x}",
    "F='%f %s %u %g %X %Y'",
    /* the end of an answer: status, message */
    "a() { printf %s \"$M$2$M$1$n\"; }",
    /* a command whose words are its answer; on the descriptor $1 */
    "x() { e=$(\"$@\" 2>&1 </dev/null); a $? \"$e\"; }",
    "y() { f=$1; shift; e=$(\"$@\" 2>&1 <&$f); a $? \"$e\"; }",
    /* size, owner, mode, atime, mtime, path: the owner takes a mode's
     * set-user-ID bit, and the mode perhaps our right to write */
    "s() { { [ -z \"$1\" ] || "
    "dd if=/dev/null of=\"$6\" bs=1 seek=$1 count=0; } && "
    "{ [ -z \"$2\" ] || chown $2 \"$6\"; } && { [ -z \"$4\" ] || "
    "{ touch -d @$5 \"$6\" && { touch -a -d @$4 \"$6\" || :; }; }; } && "
    "{ [ -z \"$3\" ] || chmod $3 \"$6\"; }; }",
    /* a rename, which never moves into a directory */
    "m() { if [ -d \"$2\" ]; then mv -fT \"$1\" \"$2\"; "
    "else mv -f \"$1\" \"$2\"; fi; }",
    /* open descriptor $1 to read, to make a new file, to go on with one */
    "o() { { eval \"command exec $1<\\\"\\$2\\\"\"; } 2>/dev/null && a 0 '' "
    "|| { e=$( (: <\"$2\") 2>&1); a 1 \"$e\"; }; }",
    "c() { e=; set -C; { eval \"command exec $1>\\\"\\$2\\\"\"; } "
    "2>/dev/null; r=$?; [ $r = 0 ] || e=$( (: >\"$2\") 2>&1); set +C; "
    "a $r \"$e\"; }",
    "w() { [ -f \"$2\" ] && { eval \"command exec $1<>\\\"\\$2\\\"\"; } "
    "2>/dev/null && a 0 '' || { e=$( (: <\"$2\") 2>&1); a 1 \"$e\"; }; }",
    "k() { eval \"exec $1>&-\"; a 0 ''; }",
    /* read: descriptor, bytes, whether to begin anew, bytes to skip */
    "g() { { { [ -z \"$3\" ] || eval \"command exec $1</dev/fd/$1\"; } && "
    "{ [ $4 = 0 ] || dd bs=1 skip=$4 count=0 <&$1; } && "
    "dd bs=$2 count=1 iflag=fullblock <&$1; } 2>/dev/null; a $? ''; }",
    /* write: descriptor, bytes, bytes to skip */
    "p() { q=0; [ $3 = 0 ] || dd bs=1 seek=$3 count=0 conv=notrunc "
    "</dev/null >&$1 2>/dev/null || q=1; "
    "e=$(dd bs=$2 count=1 iflag=fullblock 2>&1 >&$1); "
    "a $(($? | $q)) \"$e\"; }",
    "f() { e=$(dd bs=1 count=0 conv=notrunc,fsync 2>&1 </dev/null >&$1); "
    "a $? \"$e\"; }",
    /* a directory's names: none has a slash, which so ends them */
    "d() { e=$( { CDPATH= cd -- \"$1\" && ls -a >/dev/null; } 2>&1 ); r=$?; "
    "[ $r = 0 ] && ( CDPATH= cd -- \"$1\" && find . ! -name . -prune "
    "-exec stat -c \"$F %n/\" {} + ) </dev/null 2>/dev/null; a $r \"$e\"; }",
    /* the home directory of a user, whose name is plain */
    "h() { eval \"h=~$1\"; case $h in /*) printf %s \"$h\"; a 0 '';; "
    "*) a 1 '';; esac; }",
    /* not r, which is an alias of mksh */
    "l() { readlink -n \"$1\" </dev/null 2>/dev/null; a $? ''; }",
    "while IFS= read -r l; do case $l in \"$M\"*) eval \"${l#\"$M\"}\";; "
    "*) exit 1;; esac; done; exit 0",
};

struct sftp_shell *
sftp_shell_new(void)
{
	struct sftp_shell *s = mem_alloc(1, sizeof(*s));
	char nonce[NONCE_LEN + 1];
	size_t i;

	buf_init(&s->lines, SHELL_LINES_MAX);
	buf_init(&s->held, SHELL_LINES_MAX);
	buf_init(&s->in, SHELL_LISTING_MAX);
	nonce_make(nonce);
	(void)snprintf(s->mark, sizeof(s->mark), "{%s}", nonce);
	buf_printf(&s->lines, "M='%s'\n", s->mark);
	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		buf_puts(&s->lines, functions[i]);
		buf_putc(&s->lines, '\n');
	}
	return s;
}

void
sftp_shell_free(struct sftp_shell *s)
{
	size_t i;

	if (!s)
		return;
	for (i = 0; i < s->n_dirs; i++)
		buf_release(&s->dirs[i].names);
	mem_free(s->dirs);
	buf_release(&s->lines);
	buf_release(&s->held);
	buf_release(&s->in);
	mem_free(s);
}

void
sftp_shell_describe(struct sftp_server *server)
{
	*server = (struct sftp_server){.version = SFTP_VERSION,
	    .posix_rename = true,
	    .fsync = true,
	    .expand_path = true,
	    .read_max = SHELL_BYTES,
	    .write_max = SHELL_BYTES};
}

struct buf *
sftp_shell_lines(struct sftp_shell *s)
{
	return &s->lines;
}
