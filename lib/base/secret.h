/*
 * Passwords: in memory that is locked, left out of core dumps and wiped.  A
 * secret has no format and is never copied into a buf.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stddef.h>
#include <stdint.h>

enum {
	SECRET_MAX = 1024 /* bytes of a password */
};

struct secret;

/* An empty secret; one page of locked memory where the system allows it. */
struct secret *secret_new(void);

/* Wipes and frees it. */
void secret_free(struct secret *s);

/* Appends a byte; -1 when it is full. */
int secret_append(struct secret *s, char byte);

/* Removes the last byte, if there is one. */
void secret_backspace(struct secret *s);

/* Wipes what it holds. */
void secret_clear(struct secret *s);

/* The bytes, not ended by a NUL that counts (one stands behind them), and
 * their number.  Borrowed. */
const char *secret_bytes(const struct secret *s);
size_t secret_len(const struct secret *s);

/* Reads the first line of fd into an empty secret.  0, or -1 with errno
 * (EFBIG: too long; EAGAIN: to be called again, which goes on with it). */
int secret_read_line(struct secret *s, int fd);

/* Overwrites memory in a way that is not optimised away. */
void secret_wipe(void *bytes, size_t n);

#endif
