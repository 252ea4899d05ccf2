/*
 * A shell of the host in the place of an SFTP server: requests of SFTP become
 * lines for a POSIX sh that evaluates what it reads, and what it prints
 * becomes answers of SFTP.  So a host without a server is copied to and from
 * by the same client, only slower: each request is a program or two there.
 *
 * The shell needs find(1), stat(1) with -c, dd(1) with iflag=fullblock, and
 * /dev/fd.  Files are held open by it, by descriptors, and not found again by
 * their names.  Pure.
 */
#ifndef SSH_SFTP_SHELL_H
#define SSH_SFTP_SHELL_H

#include "ssh/sftp.h"

/* What the host's script says on a line before such a shell begins, and what it
 * then does. */
#define SFTP_SHELL_GREETING "fab-shell"
#define SFTP_SHELL_LOOP "while IFS= read -r l; do eval \"$l\"; done"
/* Succeeds where the host has what is needed. */
#define SFTP_SHELL_CHECK                                                       \
	"{ stat -c %f / && dd iflag=fullblock bs=1 count=0 && "                \
	"command -v find && [ -d /dev/fd ]; } >/dev/null 2>&1 </dev/null"

struct sftp_shell;

struct sftp_shell *sftp_shell_new(void);
void sftp_shell_free(struct sftp_shell *s); /* NULL is allowed */

/* What such a server can do. */
void sftp_shell_describe(struct sftp_server *server);

/* Takes a request as it would go to a server, with its length before it. */
void sftp_shell_request(struct sftp_shell *s, struct blob frame);

/* Lines that are to go to the shell; the caller consumes them. */
struct buf *sftp_shell_lines(struct sftp_shell *s);

/* Takes what the shell has printed, and appends answers of SFTP.  -1 when it
 * is none of what was asked for. */
int sftp_shell_feed(
    struct sftp_shell *s, const char *bytes, size_t n, struct buf *answers);

#endif
