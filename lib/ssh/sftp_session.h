/*
 * SFTP with a host: the client of sftp_client.h on a channel, with the
 * server's "sftp" subsystem or, under sudo, its sftp-server.  Requests are
 * made at the client; sftp_turn moves bytes and so calls those who take the
 * answers.  For few requests in a row, an answer can be waited for.
 */
#ifndef SSH_SFTP_SESSION_H
#define SSH_SFTP_SESSION_H

#include "ssh/connection.h"
#include "ssh/exec.h"
#include "ssh/password.h"
#include "ssh/sftp_client.h"

struct sftp;

struct sftp_how {
	uint32_t window; /* for what the server sends, bytes */
	int64_t tick; /* the longest wait, ms; 0: a second */
	bool sudo; /* the server runs under sudo */
	const char *sudo_user; /* as this user; NULL: root */
	struct password *password; /* for sudo, or NULL */
	/* Whose room limits what is taken from the host; NULL: nobody's. */
	const struct exec_io *output;
	/* Under sudo: put SELinux contexts right, in the end, of what is then
	 * listed on the host; see sftp_label_dir. */
	bool labels;
};

/* Starts the server and awaits its hello.  Under sudo, where the host has no
 * such program, a shell does its work (sftp_shell.h).  NULL with a fault. */
struct sftp *sftp_open(
    struct connection *c, const struct sftp_how *how, struct fault *f);

/* Ends it in good order: 0, or -1 with a fault where sudo's side failed. */
int sftp_close(struct sftp *s, struct fault *f);

/* Forgets it; the server's side ends with the connection.  NULL is allowed. */
void sftp_abandon(struct sftp *s);

/* A directory of the host, which is there when contexts are to be put right
 * and can be: its file "paths" lists of what, each path with a NUL behind it.
 * NULL: never. */
const char *sftp_label_dir(const struct sftp *s);

struct sftp_client *sftp_client(struct sftp *s);

/* A descriptor that is waited for too, or -1. */
void sftp_wait_also(struct sftp *s, int fd);

/* Moves what can be moved, or waits.  -1 with FAULT_LOST or FAULT_CONNECT
 * when there is nothing more to come. */
int sftp_turn(struct sftp *s, struct fault *f);

/* A further session beside one that is open, without sudo, whose hello is not
 * awaited; NULL where the server allows no more of them, and -1 with a fault
 * for what else goes wrong. */
int sftp_open_spare(struct connection *c, const struct sftp_how *how,
    struct sftp **spare, struct fault *f);

/* Whether its hello has come. */
bool sftp_is_ready(const struct sftp *s);

/* A turn in two, for several sessions of one connection: see exec_move. */
int sftp_move(struct sftp *s, bool *moved, struct fault *f);
int sftp_wait(struct sftp *s, struct fault *f);

/* How long an answer of the host takes, at least, in milliseconds. */
int64_t sftp_round_trip(const struct sftp *s);

/* The answer to one request, kept. */
struct sftp_result {
	bool came;
	struct sftp_reply reply;
	struct buf bytes; /* what the reply's bytes point to */
};

/* A number for a request whose answer is kept in an empty result. */
uint32_t sftp_ask(struct sftp *s, struct sftp_result *result);

/* Takes turns until it has come.  0, or -1 as sftp_turn or with
 * FAULT_CANCELLED.  The result is the caller's to release. */
int sftp_await(struct sftp *s, struct sftp_result *result, struct fault *f);
void sftp_result_release(struct sftp_result *result);

/* STAT, or LSTAT without follow, waited for: an sftp_code, or -1. */
int sftp_stat(struct sftp *s, const char *path, bool follow,
    struct sftp_attrs *attrs, struct fault *f);

#endif
