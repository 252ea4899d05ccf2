/*
 * SFTP, version 3, as bytes (draft-ietf-secsh-filexfer-02; OpenSSH's
 * extensions in its PROTOCOL): requests into a buffer, answers out of a
 * packet.  Pure.
 */
#ifndef SSH_SFTP_H
#define SSH_SFTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "ssh/blob.h"

enum {
	SFTP_VERSION = 3,
	SFTP_PACKET_MAX =
	    512 * 1024, /* of an answer: longer ones are refused */
	SFTP_HANDLE_MAX = 256,
	SFTP_DATA = 32768 /* bytes that every server takes and gives at once */
};

enum sftp_type {
	SFTP_INIT = 1,
	SFTP_HELLO = 2, /* SSH_FXP_VERSION */
	SFTP_OPEN = 3,
	SFTP_CLOSE = 4,
	SFTP_READ = 5,
	SFTP_WRITE = 6,
	SFTP_LSTAT = 7,
	SFTP_FSTAT = 8,
	SFTP_SETSTAT = 9,
	SFTP_FSETSTAT = 10,
	SFTP_OPENDIR = 11,
	SFTP_READDIR = 12,
	SFTP_REMOVE = 13,
	SFTP_MKDIR = 14,
	SFTP_RMDIR = 15,
	SFTP_REALPATH = 16,
	SFTP_STAT = 17,
	SFTP_RENAME = 18,
	SFTP_READLINK = 19,
	SFTP_SYMLINK = 20,
	SFTP_STATUS = 101,
	SFTP_HANDLE = 102,
	SFTP_BYTES = 103, /* SSH_FXP_DATA */
	SFTP_NAME = 104,
	SFTP_ATTRS = 105,
	SFTP_EXTENDED = 200,
	SFTP_EXTENDED_REPLY = 201
};

enum sftp_code {
	SFTP_OK = 0,
	SFTP_EOF = 1,
	SFTP_NO_SUCH_FILE = 2,
	SFTP_PERMISSION_DENIED = 3,
	SFTP_FAILURE = 4,
	SFTP_UNSUPPORTED = 8
};

enum sftp_open_flag {
	SFTP_OPEN_READ = 1,
	SFTP_OPEN_WRITE = 2,
	SFTP_OPEN_CREATE = 8,
	SFTP_OPEN_TRUNCATE = 16,
	SFTP_OPEN_EXCLUSIVE = 32
};

/* Which of the attributes are there. */
enum sftp_attr_flag {
	SFTP_ATTR_SIZE = 1,
	SFTP_ATTR_OWNER = 2,
	SFTP_ATTR_MODE = 4,
	SFTP_ATTR_TIMES = 8
};

struct sftp_attrs {
	uint32_t flags;
	uint64_t size;
	uint32_t uid, gid;
	uint32_t mode; /* with the file's type, as in st_mode */
	uint32_t atime, mtime; /* seconds of 1970 */
};

/* What a server has besides version 3. */
struct sftp_server {
	uint32_t version;
	bool posix_rename, statvfs, limits, fsync, expand_path;
	uint32_t read_max, write_max; /* bytes at once */
};

struct sftp_space {
	uint64_t unit; /* bytes of a block */
	uint64_t blocks, available; /* what is left for us */
	uint64_t files, files_available; /* 0 of 0: not counted there */
	bool read_only;
};

/* An answer; what it points to is the packet's. */
struct sftp_reply {
	uint8_t type;
	uint32_t id;
	uint32_t code; /* of a status */
	struct blob message; /* of a status: the server's words */
	struct blob bytes; /* a handle, data, names, an extended reply */
	uint32_t count; /* of names */
	struct sftp_attrs attrs;
};

struct sftp_entry {
	struct blob name;
	struct sftp_attrs attrs;
};

/* Requests, appended to a buffer.  0, or -1 when it is full. */
int sftp_put_init(struct buf *to);
/* LSTAT STAT OPENDIR REMOVE RMDIR REALPATH READLINK */
int sftp_put_path(
    struct buf *to, enum sftp_type type, uint32_t id, const char *path);
/* MKDIR SETSTAT */
int sftp_put_path_attrs(struct buf *to, enum sftp_type type, uint32_t id,
    const char *path, const struct sftp_attrs *attrs);
int sftp_put_open(struct buf *to, uint32_t id, const char *path, uint32_t flags,
    const struct sftp_attrs *attrs);
/* CLOSE FSTAT READDIR */
int sftp_put_handle(
    struct buf *to, enum sftp_type type, uint32_t id, struct blob handle);
int sftp_put_handle_attrs(struct buf *to, uint32_t id, struct blob handle,
    const struct sftp_attrs *attrs);
int sftp_put_read(struct buf *to, uint32_t id, struct blob handle,
    uint64_t offset, uint32_t n);
/* The request but for its n bytes of data, which the caller appends. */
int sftp_put_write(struct buf *to, uint32_t id, struct blob handle,
    uint64_t offset, uint32_t n);
/* RENAME; SYMLINK with the link's text first, as OpenSSH wants it. */
int sftp_put_paths(struct buf *to, enum sftp_type type, uint32_t id,
    const char *from, const char *name);
/* An extended request with one or two paths; the second may be NULL. */
int sftp_put_extended(struct buf *to, uint32_t id, const char *request,
    const char *path, const char *second);

/* The extension that forces a file to the disk. */
int sftp_put_fsync(struct buf *to, uint32_t id, struct blob handle);

/* The first packet in n bytes: how many they are with their length before
 * them, 0 when it is not there as a whole, -1 when none can be so long. */
ssize_t sftp_frame(const char *bytes, size_t n, struct blob *packet);

/* Reads an answer.  -1 for what is none. */
int sftp_parse(struct blob packet, struct sftp_reply *reply);

/* The server's hello, and the parts of answers.  -1 for what is none. */
int sftp_parse_hello(const struct sftp_reply *reply, struct sftp_server *s);
int sftp_parse_limits(const struct sftp_reply *reply, struct sftp_server *s);
int sftp_parse_space(const struct sftp_reply *reply, struct sftp_space *space);

/* Numbers of 64 bits and attributes, out of a packet and into one. */
int sftp_get_u64(struct blob *b, uint64_t *value);
int sftp_get_attrs(struct blob *b, struct sftp_attrs *attrs);
int sftp_put_attrs(struct buf *to, const struct sftp_attrs *attrs);

/* The next name of an answer with names: 1, or 0 behind the last; -1. */
int sftp_next_entry(struct sftp_reply *reply, struct sftp_entry *entry);

#endif
