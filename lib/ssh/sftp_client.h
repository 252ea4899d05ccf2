/*
 * The client's side of SFTP as a machine over bytes: requests in flight,
 * answers matched to them by their number.  No descriptor, no clock.
 *
 * A request is made in two steps: its number, for which the answer's taker is
 * named, then its bytes, appended to out by one of sftp_put_…
 */
#ifndef SSH_SFTP_CLIENT_H
#define SSH_SFTP_CLIENT_H

#include "ssh/sftp.h"

enum {
	SFTP_CLIENT_MAX = 4096 /* requests in flight */
};

/* Takes an answer.  It may make further requests.  tag is what was given with
 * the request. */
typedef void sftp_answer(void *arg, uint64_t tag, struct sftp_reply *reply);

struct sftp_slot {
	sftp_answer *answer; /* NULL: free */
	void *arg;
	uint64_t tag;
	uint32_t id;
	uint32_t next; /* of the free ones */
};

struct sftp_client {
	struct buf in; /* the beginning of an answer */
	struct buf out; /* requests; those before out_at have gone */
	size_t out_at;
	struct sftp_slot *slots;
	uint32_t n_slots, free; /* the first free one, or n_slots */
	uint32_t turn; /* makes numbers of a slot differ */
	size_t in_flight;
	bool ready; /* the server's hello has come */
	struct sftp_server server;
};

void sftp_client_init(struct sftp_client *c);
void sftp_client_release(struct sftp_client *c);

/* A number for a request whose answer goes to answer(arg, tag, …).  Not to be
 * called with SFTP_CLIENT_MAX in flight. */
uint32_t sftp_expect(
    struct sftp_client *c, sftp_answer *answer, void *arg, uint64_t tag);

/* Answers that would go to arg are dropped from now on. */
void sftp_forget(struct sftp_client *c, const void *arg);

/* Whether n more requests may be made. */
bool sftp_client_has_room(const struct sftp_client *c, size_t n);

/* Takes bytes of the server, and gives answers to those who wait for them.  -1
 * when it does not speak SFTP. */
int sftp_feed(struct sftp_client *c, const char *bytes, size_t n);

/* Copies up to n bytes of what is to be sent; bytes that are left. */
size_t sftp_take(struct sftp_client *c, char *bytes, size_t n);
size_t sftp_unsent(const struct sftp_client *c);

/* The first of the requests that are left, with its length before it; false
 * when there is none.  The other makes it count as sent. */
bool sftp_next_request(const struct sftp_client *c, struct blob *frame);
void sftp_skip(struct sftp_client *c, size_t n);

#endif
