/*
 * A copy from a host, as its parts see it: copy_get.c has its order,
 * copy_get_walk.c what is listed on the host, copy_get_file.c one file on its
 * way, copy_local_….c our side of it.
 *
 * What the host says is not trusted: names are one component, and everything
 * below the target is opened component by component and without following
 * links.
 */
#ifndef SSH_COPY_GET_INTERNAL_H
#define SSH_COPY_GET_INTERNAL_H

#include "ssh/copy.h"
#include "ssh/copy_name.h"
#include "ssh/digest.h"
#include "ssh/sftp_list.h"
#include "ssh/sftp_session.h"

enum {
	GET_FILES = 128, /* on their way at once */
	GET_LARGE = 2, /* of these, of COPY_KEPT bytes and more */
	GET_LISTS = 16, /* directories that are listed at once */
	GET_PENDING = 1000, /* names after which no more are asked for */
	GET_NAMES = 1000000, /* in one directory, at most */
	GET_DIRS = 200000, /* that wait to be listed, at most */
	GET_PATH = 4096, /* bytes of a path on the host, at most */
	GET_ENDLESS = 64 << 20, /* bytes of a file without a length */
	GET_CHECKS = 2000, /* files that wait to be compared */
	GET_READS = 512 /* requests for parts of one file */
};

/* What an answer belongs to. */
enum get_request {
	GET_STAT,
	GET_READLINK,
	GET_OPEN,
	GET_FSTAT,
	GET_HEAD,
	GET_BODY,
	GET_REREAD,
	GET_CLOSE
};

enum {
	GET_TAG_BITS = 8 /* of a tag, its kind; above it, a read's place */
};

struct get;

/* A part of a file that an earlier run left here. */
struct get_part {
	uint32_t number;
	uint64_t state;
	char *name;
};

/* A directory here that takes files. */
struct get_dir {
	struct get_dir *parent; /* NULL: the target */
	char *remote; /* its path on the host, or NULL */
	char *name; /* in its parent */
	char *local; /* its path, for messages */
	int depth;
	bool made; /* by us */
	bool looked; /* what earlier runs left in it is known */
	struct get_part *parts;
	size_t n_parts;
	mode_t mode;
	uint32_t atime, mtime;
	bool has_times;
	size_t users; /* files, directories and a listing that need it */
	size_t names; /* that the host has told */
	bool refused; /* they were too much */
	size_t slot; /* among the listings */
	struct sftp_list *list;
	struct get *get;
	struct get_dir *next; /* of those that wait to be listed */
	struct get_dir *older, *younger; /* of all */
};

enum get_kind { GET_UNKNOWN, GET_FILE, GET_LINK };

/* A file that waits to be fetched. */
struct get_item {
	struct get_dir *dir;
	char *remote, *name;
	enum get_kind kind;
	uint64_t size; /* as it was told, or 0 */
	struct sftp_attrs attrs; /* the same */
	bool checked, same; /* -c: it was compared with what is here */
	struct get_item *next;
};

enum getting_state {
	GETTING_NOTHING,
	GETTING_STAT, /* what it is */
	GETTING_OPEN,
	GETTING_HEAD, /* its length and its first bytes */
	GETTING_BODY,
	GETTING_HASH, /* -c: it waits for the host's sha256sum */
	GETTING_REREAD, /* -c: it is read once more */
	GETTING_CLOSE /* nothing but the handle is left */
};

/* Bytes that were asked for. */
struct get_read {
	uint64_t at;
	uint32_t n; /* 0: free */
};

/* A file on its way. */
struct getting {
	struct get *get;
	enum getting_state state;
	struct get_item *item;
	int waiting;
	uint8_t handle[SFTP_HANDLE_MAX];
	size_t handle_n;
	bool open;
	struct sftp_attrs attrs;
	bool moved_on; /* it is a directory, and queued as one */
	char *head; /* the first bytes, until a file here takes them */
	size_t head_n, head_wanted;
	bool ended; /* the host has said that there are no more */
	bool open_ended; /* there is no length: read until that */
	char temp[COPY_TEMP_LEN + 1];
	bool gaps; /* bytes of it are missing, and its name says so */
	int fd; /* of the temporary file; -1 */
	bool large, medium; /* counted among those */
	bool keep;
	uint64_t source; /* its state, where it is worth keeping, or 0 */
	uint64_t size, next, got; /* asked for up to next, got so much */
	struct get_read *reads;
	struct digest *digest; /* of what is read once more */
	uint64_t reread, rehashed; /* asked for, and come */
	bool verified;
	bool unchanged; /* what has come is what was here */
	bool failed, at_home; /* the failure is ours */
	struct buf reason;
};

struct get {
	struct connection *c;
	const struct copy_how *how;
	struct copy_counts *counts;
	const struct exec_io *output; /* takes what goes to standard output */
	struct sftp *s;
	struct sftp_client *client;
	const char *target;
	char *new_name; /* of the only source, where not inside */
	struct get_dir *root;
	struct get_dir *dirs; /* all, the youngest first */
	struct get_dir *to_list; /* the youngest first */
	size_t n_to_list;
	struct get_dir *lists[GET_LISTS]; /* NULL: free */
	size_t listing;
	struct get_item *items, **items_end;
	size_t pending;
	struct get_item *checks, **checks_end; /* that wait for that */
	size_t checking;
	struct getting *files;
	size_t active, large, medium;
	size_t hashing; /* in that state */
	struct get_dir *fd_dir; /* whose descriptor dir_fd is */
	uint64_t asked; /* bytes that are under way */
	struct buf kept;
	struct copy_run run;
	int base; /* the directory that takes everything */
	int dir_fd;
	bool inside; /* the target is a directory that takes the sources */
	bool no_shell; /* the account has none that hashes files */
	bool stopping;
};

/* -- copy_get.c -- */
void get_tell(
    struct get *g, enum copy_event event, const char *name, const char *reason);
void get_tell_errno(struct get *g, const char *name, int error);

/* -1 with FAULT_CANCELLED when we were asked to stop. */
int get_check_stop(struct get *g, struct fault *f);

/* -- copy_get_find.c -- */

/* Finds what the sources' patterns stand for, and queues it.  -1 with a
 * fault. */
int get_find_sources(
    struct get *g, const char *const *sources, size_t n, struct fault *f);

/* -- copy_get_walk.c -- */

/* A name that is one component, or NULL; the caller's. */
char *get_name(struct blob b);

/* Queues a directory, which is made here; the strings are taken. */
void get_dir_add(struct get *g, struct get_dir *d);
void get_queue_dir(struct get *g, struct get_dir *parent, char *remote,
    char *name, const struct sftp_attrs *attrs);
/* Queues a copy of the item; its strings are taken. */
void get_queue_item(struct get *g, const struct get_item *item);
void get_item_free(struct get_item *item);

/* Lists directories while there is room. */
void get_list_more(struct get *g);

/* -- copy_get_check.c -- */

/* Whether what is here may be the same; then it waits to be compared. */
bool get_may_be_same(struct get *g, const struct get_item *item);
void get_wait_for_check(struct get *g, struct get_item *item);

/* Compares those that wait, if there are many or nothing else is to do.  -1
 * with a fault. */
int get_check_waiting(struct get *g, bool idle, struct fault *f);

/* Whether what has come is what is here: then that is told. */
bool getting_is_same(struct getting *t);
bool get_link_is_same(struct getting *t, const char *text);

/* -- copy_get_verify.c -- */

/* -c: whether what has come is looked at before it gets its name. */
bool getting_wants_verify(const struct getting *t);
void getting_send_verify(struct getting *t);
void getting_reread(struct getting *t, const struct sftp_reply *reply);
void getting_reread_end(struct getting *t);

/* Has the host hash those that wait for it, once there is nothing else to do.
 * -1 with a fault. */
int get_hash_waiting(struct get *g, struct fault *f);

/* -- copy_get_bytes.c: of one file -- */
void getting_send_open(struct getting *t);
void getting_send_head(struct getting *t);
void getting_head(struct getting *t, struct sftp_reply *reply);
void getting_start_body(struct getting *t);
void getting_body(struct getting *t, size_t place, struct sftp_reply *reply);
bool getting_is_complete(const struct getting *t);

/* -- copy_get_file.c -- */
uint32_t getting_request(
    struct getting *t, enum get_request kind, size_t place);
void getting_answer(void *arg, uint64_t tag, struct sftp_reply *reply);
struct buf *getting_out(struct getting *t);
struct blob getting_handle(const struct getting *t);
void getting_fail_reply(struct getting *t, const struct sftp_reply *reply);

/* All bytes have come, or it failed. */
void getting_complete(struct getting *t);

/* All is done, or it failed: nothing more of the host is wanted. */
void getting_send_close(struct getting *t);

/* Takes the next step when everything that was asked for is answered. */
void getting_step(struct getting *t);
void getting_end(struct getting *t);
int getting_start(struct get *g, struct get_item *item);
void getting_feed(struct getting *t);
void getting_stop(struct getting *t);
void getting_release(struct getting *t);
void getting_say_kept(struct getting *t);
bool getting_is_kept(const struct getting *t);

/* -- copy_local_dir.c, copy_local_file.c -- */

/* Finds out what the target is, for n sources: opens base. */
int get_open_target(
    struct get *g, size_t n, bool is_directory, struct fault *f);

/* The descriptor of a directory, borrowed until the next call; or -1 with
 * errno. */
int get_dir_fd(struct get *g, struct get_dir *dir);

/* Makes the directory.  -1 with errno. */
int get_make_dir(struct get *g, struct get_dir *dir);

/* One user less: the last gives it its mode and time. */
void get_dir_leave(struct get *g, struct get_dir *dir);
void get_dir_free(struct get *g, struct get_dir *dir);

/* The name of a part that an earlier run left of the file, with the state, or
 * NULL; those of other states are removed.  The caller's. */
char *get_take_part(
    struct get *g, struct get_dir *dir, const char *name, uint64_t state);

/* The temporary file: made, written to, and under its name.  -1, and the
 * failure is told to the file. */
int getting_make(struct getting *t, uint64_t state);
int getting_write(struct getting *t, const void *bytes, size_t n, uint64_t at);
int getting_finish(struct getting *t);
void getting_drop(struct getting *t);
int getting_link(struct getting *t, const char *text);

/* Notes that it failed; the first reason is the one that counts. */
void getting_fail(struct getting *t, const char *reason);
void getting_fail_errno(struct getting *t, int error);

#endif
