/*
 * What is in a directory of the host, entry by entry.
 */
#ifndef SSH_SFTP_LIST_H
#define SSH_SFTP_LIST_H

#include "ssh/sftp_client.h"

struct sftp_list_ops {
	/* An entry, "." and ".." left out.  -1 ends the listing. */
	int (*entry)(void *arg, const struct sftp_entry *entry);
	/* The end: SFTP_OK, or the code of what failed; once. */
	void (*done)(void *arg, uint32_t code);
	/* Whether more entries can be taken now; NULL: always.  When not,
	 * sftp_list_go_on is to be called later. */
	bool (*room)(void *arg);
};

struct sftp_list;

/* Starts to list a directory.  ops and arg are borrowed until done was called,
 * which frees it. */
struct sftp_list *sftp_list_start(struct sftp_client *c, const char *path,
    const struct sftp_list_ops *ops, void *arg);

/* There may be room again. */
void sftp_list_go_on(struct sftp_list *l);

/* Forgets a listing that is not done, without a word to the server. */
void sftp_list_abandon(struct sftp_list *l);

#endif
