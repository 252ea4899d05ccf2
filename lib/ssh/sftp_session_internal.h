/*
 * A session of SFTP as its parts see it: sftp_session.c begins and ends it,
 * sftp_session_io.c has the bytes on their way.
 */
#ifndef SSH_SFTP_SESSION_INTERNAL_H
#define SSH_SFTP_SESSION_INTERNAL_H

#include "base/nonce.h"
#include "ssh/sftp_session.h"
#include "ssh/sftp_shell.h"
#include "ssh/sudo.h"

enum {
	SESSION_WORDS = 160 /* of the server, kept for a message */
};

#define LABEL_DIR "/tmp/.fab-"

struct sftp {
	struct connection *c;
	struct sftp_client client;
	struct exec exec;
	struct exec_io io;
	const struct exec_io *output;
	struct running *running;
	struct sudo sudo;
	struct buf line;
	struct buf words; /* on standard error */
	struct buf nonsense; /* what is no SFTP */
	struct buf early; /* what came first, while it may be a greeting */
	struct sftp_shell *shell; /* in the place of a server, or NULL */
	struct buf answers; /* that a shell gave */
	char label_dir[sizeof(LABEL_DIR) + NONCE_LEN]; /* or empty */
	bool closing, broken;
};

/* What the running command wants of its input and output; arg is the
 * session. */
size_t session_room(void *arg, enum channel_stream stream);
void session_output(
    void *arg, enum channel_stream stream, const char *bytes, size_t n);
ssize_t session_input(void *arg, char *bytes, size_t n);

#endif
