/*
 * A copy to a host, as its parts see it: copy_put.c has its order,
 * copy_put_file.c one file on its way, copy_put_dir.c the directories and
 * what earlier runs left in them.
 */
#ifndef SSH_COPY_PUT_INTERNAL_H
#define SSH_COPY_PUT_INTERNAL_H

#include "ssh/copy.h"
#include "ssh/copy_name.h"
#include "ssh/copy_owner.h"
#include "ssh/sftp_list.h"
#include "ssh/sftp_session.h"

enum {
	PUT_FILES = 128, /* on their way at once */
	PUT_LARGE = 2, /* of these, with a descriptor of their own */
	PUT_UNSENT = 128 * 1024, /* bytes after which no more are read */
	PUT_PARTS = 1000, /* left by earlier runs, in all directories */
	PUT_PART_AGE = 60, /* seconds after which a small one is dead */
	PUT_SPARES = 3, /* further sessions, for large files, */
	PUT_CHUNK = 128 * 1024, /* which are written so many bytes at once, */
	PUT_CHUNKS = COPY_SPREAD / SFTP_DATA /* or fewer: as a server takes */
};

/* What a directory of the host is to us. */
enum put_dir { DIR_UNKNOWN, DIR_NEW, DIR_OLD, DIR_FAILED };

/* A file on its way.  waiting counts answers that are to come; when it is 0,
 * the next step is taken. */
enum putting_state {
	PUTTING_NOTHING,
	PUTTING_OPEN, /* the temporary file is made */
	PUTTING_WRITE, /* bytes go out */
	PUTTING_END, /* the last ones, and what the file is to be */
	PUTTING_HASH, /* -c: it waits for the host's sha256sum */
	PUTTING_VERIFY, /* -c: it is read back */
	PUTTING_RENAME,
	PUTTING_REPLACE, /* the old one is removed first */
	PUTTING_FAIL /* the temporary file goes */
};

/* What an answer belongs to. */
enum put_request {
	PUT_CLAIM, /* a part gets the temporary name */
	PUT_CLAIMED, /* what has that name then */
	PUT_LOOK, /* at what is to be replaced */
	PUT_OPEN,
	PUT_RESUME, /* how much of it there is */
	PUT_WRITE,
	PUT_OWNER,
	PUT_KEEP_OWNER,
	PUT_LEARN, /* what its mode has become by being made */
	PUT_ATTRS,
	PUT_LENGTH,
	PUT_CLOSE,
	PUT_LINK,
	PUT_REOPEN,
	PUT_REREAD,
	PUT_RENAME,
	PUT_SPACE,
	PUT_REMOVE,
	PUT_LANE, /* the temporary file, on a further session */
	PUT_WIDEN /* its name says that it is */
};

enum {
	PUT_TAG_BITS = 8, /* of a tag, its kind; above it, a number of bytes,
			   * a chunk's number, or that of a lane */
	PUT_FILE_REQUESTS = 8 /* of one file at once, besides writes */
};

#define PUT_NO_NUMBER UINT64_MAX

/* What a comparison has found of a file; MARK_DONE: it is not sent. */
enum put_mark {
	MARK_SEND = 0,
	MARK_SIZE = 1, /* the host has one of that size */
	MARK_SAME = 2, /* and it is the same */
	MARK_ATTRS = 4, /* but for its mode, owner or time */
	MARK_DONE = 8,
	MARK_LINK = 16, /* the host has a link, too */
	MARK_FAILED = 32 /* it cannot get these, which was told */
};

struct put;

/* A file as a session has it open. */
struct put_lane {
	struct sftp_client *client;
	uint8_t handle[SFTP_HANDLE_MAX];
	size_t handle_n;
	bool open;
};

/* A file that is written over several sessions: chunks from base on, of which
 * those before first are there, and the next ones may be. */
struct put_spread {
	struct put_lane lanes[1 + PUT_SPARES];
	uint64_t base, first;
	uint32_t chunk; /* bytes */
	bool widening; /* the file is getting another name */
	bool done[PUT_CHUNKS];
};

struct putting {
	struct put *put;
	const struct source_file *file;
	enum putting_state state;
	int waiting;
	char *target, *temp; /* paths on the host */
	char *part; /* what an earlier run left, or NULL */
	uint8_t handle[SFTP_HANDLE_MAX];
	size_t handle_n;
	bool open; /* there is such a handle */
	bool made; /* there is a temporary file */
	bool keep; /* it stays, where it is large enough */
	int fd; /* -1: not open */
	uint64_t at, size; /* read and sent up to here */
	uint64_t acked; /* the host has so much */
	uint64_t written; /* the end of the last bytes that were not zero */
	bool sparse;
	bool read_to_end;
	bool large; /* counted among those */
	uint64_t source; /* its state, where it is worth keeping, or 0 */
	bool wide; /* it may be written over several sessions */
	bool gaps; /* it is, and its name says so; and so was its part */
	bool part_gaps;
	struct put_spread *spread; /* when it is; NULL: over one */
	struct timespec atime, mtime;
	mode_t mode, made_mode; /* that it is to have, that it was made with */
	size_t writes;
	struct sftp_attrs old; /* of the file that is replaced */
	struct sftp_attrs claimed; /* of what has the temporary name */
	bool replaces;
	struct digest *digest; /* of what is read back */
	uint64_t reread, rehashed; /* asked for, and come */
	bool verified;
	bool failed, vague;
	struct buf reason;
};

/* A part of a file that an earlier run left on the host. */
struct put_part {
	struct put_look *look; /* its directory */
	uint32_t number;
	uint64_t state;
	struct sftp_attrs attrs;
	char *path; /* NULL: it is gone on with */
};

/* A directory of the host that is looked through. */
struct put_look {
	struct put *put;
	char *path;
	size_t first, n; /* files that go there */
	struct sftp_list *list; /* NULL: done */
	uint32_t now; /* the host's time, in the end */
	struct put_look *next;
};

/* The host's list of what was copied; handle_n 0: none is wanted. */
struct put_labels {
	uint8_t handle[SFTP_HANDLE_MAX];
	size_t handle_n;
	uint64_t at; /* its length */
};

struct put {
	struct connection *c;
	const struct copy_how *how;
	struct sources *sources;
	const struct exec_io *input;
	struct copy_counts *counts;
	struct sftp *s;
	struct sftp_client *client;
	const char *given; /* the target as it was given, */
	char *target; /* and as the host's server has it */
	bool inside; /* the target is a directory that takes the sources */
	enum put_dir target_dir;
	uint8_t *dirs; /* enum put_dir, one for each of the sources' */
	uint8_t *marks; /* enum put_mark, one a file; NULL: all are sent */
	bool no_shell; /* the account has none that hashes files */
	struct copy_run run;
	struct sftp_attrs owner; /* with --owner: its flags say so */
	bool privileged; /* we are root on the host */
	mode_t uncut; /* bits that the host is known to leave as they are, */
	size_t uncut_dir; /* where this is putting_ruler */
	struct putting *files;
	size_t active, large;
	size_t hashing; /* in that state */
	struct sftp *spares[PUT_SPARES];
	size_t n_spares;
	bool spares_tried;
	struct put_look *looks;
	size_t looking;
	size_t looked; /* files before it, whose directories were */
	struct put_part *parts;
	size_t n_parts;
	bool stopping;
	struct buf kept; /* what is said about a part that stays */
	struct put_labels labels;
};

/* The path of a directory of the host.  The caller's. */
char *put_dir_path(const struct put *p, const struct source_dir *dir);

/* The path of a file there, the caller's; and what its directory is to us. */
char *put_path(const struct put *p, const struct source_file *file);
enum put_dir put_dir_of(const struct put *p, const struct source_file *file);

/* Moves what all sessions can move, or waits.  As sftp_turn. */
int put_turn(struct put *p, struct fault *f);

/* Takes turns until no more than so many requests are in flight. */
int put_drain(struct put *p, size_t left, struct fault *f);

/* -c: marks the files that need not be sent, in p->marks, and tells of them.
 * -1 with a fault. */
int put_check(struct put *p, struct fault *f);

/* The same by reading the host's files back, where there is no shell. */
int put_compare(struct put *p, struct fault *f);

/* -1 with FAULT_CANCELLED when we were asked to stop. */
int put_check_stop(const struct put *p, struct fault *f);

/* Finds out what the target is: p->inside, p->target_dir.  -1 with a fault. */
int put_find_target(struct put *p, struct fault *f);

/* Makes the directories; those that cannot be made are told. */
int put_make_dirs(struct put *p, struct fault *f);

/* Gives those that we made their mode and time. */
int put_finish_dirs(struct put *p, struct fault *f);

/* Looks what earlier runs left in the directory of files first to first+n. */
void put_look(struct put *p, char *path, size_t first, size_t n);
void put_forget(struct put *p);

/* Removes those that nobody writes to any more.  -1 with a fault. */
int put_clean(struct put *p, struct fault *f);

/* With --resume, the part of a file that may be gone on with, the caller's;
 * or NULL. */
char *put_take_part(struct put *p, uint32_t number, uint64_t state);

/* A number for a request of a file's, of n bytes where it is a write. */
uint32_t putting_request(struct putting *g, enum put_request kind, size_t n);
void putting_answer(void *arg, uint64_t tag, struct sftp_reply *reply);
struct buf *putting_out(struct putting *g);
struct blob putting_handle(const struct putting *g);

/* Notes that it failed; the first reason is the one that counts. */
void putting_fail(struct putting *g, const char *reason);
void putting_fail_errno(struct putting *g, int error);
void putting_fail_reply(struct putting *g, const struct sftp_reply *reply);

/* Whether a part, as it is open on the host, may be gone on with: it is what
 * has the temporary name, and what we could have made ourselves. */
bool putting_may_resume(const struct putting *g, const struct sftp_attrs *open);

/* Whether so much of it is there that it stays when we stop. */
bool putting_is_kept(const struct putting *g);

/* The directory of the sources whose umask or default access control list
 * rules the mode of a new file: those that we made have that of the target,
 * SOURCE_NO_DIR. */
size_t putting_ruler(const struct putting *g);

/* The steps, each a handful of requests. */
void putting_send_open(struct putting *g);

/* What was to be gone on with cannot be: it goes, and a new one is made. */
void putting_send_anew(struct putting *g);
void putting_send_end(struct putting *g);
void putting_send_rename(struct putting *g);
void putting_send_fail(struct putting *g);

/* Says for the failure's message that it is. */
void putting_say_kept(struct putting *g);

/* -c: whether it is looked at before it gets its name, and how. */
bool putting_wants_verify(const struct putting *g);
void putting_send_verify(struct putting *g);
void putting_reread(struct putting *g, const struct sftp_reply *reply);
void putting_verify_more(struct putting *g);

/* Whether a file is so large, and the host so far away, that a session's
 * window is what holds it back; whether one that is on its way is held back
 * now.  Then a further session is opened, if the server allows it.  -1 with a
 * fault. */
bool putting_wants_spread(const struct putting *g);
bool put_wants_spare(const struct put *p);
int put_open_spare(struct put *p, struct fault *f);

/* A file that wants it is spread from now on: it is there up to g->at. */
void spread_begin(struct putting *g);
/* Of PUT_WIDEN, and of PUT_LANE with its number. */
void spread_answer(struct putting *g, enum put_request kind, size_t lane,
    const struct sftp_reply *reply);
void spread_feed(struct putting *g);
/* A chunk is there: how many bytes it has. */
uint64_t spread_wrote(struct putting *g, uint64_t chunk);
/* Closes what it has opened. */
void spread_close(struct putting *g);

/* The next n bytes of a source, as a write on a session; number is for its
 * tag.  As read_source. */
ssize_t putting_send_bytes(struct putting *g, struct sftp_client *client,
    struct blob handle, size_t n, uint64_t number);
uint32_t putting_request_on(struct putting *g, struct sftp_client *client,
    enum put_request kind, uint64_t number);

/* Has the host hash those that wait for it, once there is nothing else to do.
 * -1 with a fault. */
int put_hash_waiting(struct put *p, struct fault *f);

/* Tells how it ended, and frees its place. */
void putting_end(struct putting *g);

/* Starts a file, in a free place; -1 when that must wait. */
int putting_start(struct put *p, const struct source_file *file);

/* A path for it on the host until it is whole.  The caller's. */
char *putting_temp_name(const struct putting *g);

/* Sends what can be sent now. */
void putting_feed(struct putting *g);

/* We were asked to stop, or the connection is gone. */
void putting_stop(struct putting *g);
void putting_release(struct putting *g);

/* Under sudo: notes that a path is new on the host, whose SELinux context is
 * to be right in the end.  The first is called before; -1 with a fault. */
int put_label_begin(struct put *p, struct fault *f);
void put_label(struct put *p, const char *path);

/* Tells of a file; name and reason are printable. */
void put_tell(
    struct put *p, enum copy_event event, const char *name, const char *reason);

#endif
