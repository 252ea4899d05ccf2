/*
 * What the parts of sftp_shell share: sftp_shell.c has the shell's functions,
 * sftp_shell_request.c makes lines of requests, sftp_shell_answer.c answers of
 * what comes.
 */
#ifndef SSH_SFTP_SHELL_INTERNAL_H
#define SSH_SFTP_SHELL_INTERNAL_H

#include "base/nonce.h"
#include "ssh/sftp_client.h"
#include "ssh/sftp_shell.h"

enum {
	SHELL_FD = 3, /* the first descriptor for a file, */
	SHELL_FDS = 7, /* and how many: sh has those of one digit alone */
	SHELL_BYTES = 256 * 1024, /* read or written at once */
	SHELL_LISTING_MAX = 64 << 20, /* bytes of one directory's names */
	SHELL_MARK = NONCE_LEN + 2
};

/* A file that the shell holds open. */
struct shell_file {
	bool used;
	uint64_t at; /* its descriptor's offset */
};

/* A directory whose names have come. */
struct shell_dir {
	bool used;
	struct buf names; /* FIELDS ./NAME/ each on a line */
	size_t at;
};

/* A request whose answer is to come. */
struct shell_request {
	uint8_t type;
	uint32_t id;
	bool refused; /* it was not made */
	size_t place; /* of its file or directory */
	uint64_t at; /* a read's offset, */
	uint32_t n; /* and how many bytes it wants */
};

struct sftp_shell {
	char mark[SHELL_MARK + 1];
	struct buf lines;
	struct shell_request requests[SFTP_CLIENT_MAX]; /* a ring */
	size_t first, n;
	struct shell_file files[SHELL_FDS];
	struct shell_dir *dirs;
	size_t n_dirs;
	struct buf held; /* requests that wait for a descriptor */
	struct buf in; /* the beginning of an answer */
	size_t looked; /* bytes of it without a mark */
};

/* Makes requests that wait for a descriptor, as far as there are any. */
void shell_make_held(struct sftp_shell *s);

void shell_dir_free(struct sftp_shell *s, size_t place);

/* Bytes as a part of a word in quotes, on one line. */
void shell_put_bytes(struct buf *to, struct blob bytes);

/* A path as a word: not taken for an option. */
void shell_put_path(struct buf *to, struct blob path);

/* size, owner, mode and times, '' for those that stay */
void shell_put_attrs(struct buf *to, const struct sftp_attrs *a);

#endif
