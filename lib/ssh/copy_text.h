/*
 * What is said about copies: the reasons of a server, amounts of bytes.
 */
#ifndef SSH_COPY_TEXT_H
#define SSH_COPY_TEXT_H

#include "ssh/sftp.h"

/* A server's reason, in words; of a reply that is no status, that it makes no
 * sense.  Appended to text, printable. */
void copy_reason(struct buf *text, const struct sftp_reply *reply);

/* Whether a reply says that it was done. */
bool copy_is_ok(const struct sftp_reply *reply);

/* Whether a reply says no more than that something failed. */
bool copy_is_vague(const struct sftp_reply *reply);

/* What a file system's state says about such a failure: a reason, or NULL. */
const char *copy_space_reason(const struct sftp_space *space);

/* Appends a file's name, printable and not too long, and where there is one a
 * reason behind it. */
void copy_file_text(struct buf *text, const char *name, const char *reason);

/* "640 KB", "1.5 GB"; appended. */
void copy_amount(struct buf *text, uint64_t bytes);

#endif
