/*
 * Growing bytes with a maximum.  What is stored is always followed by a NUL
 * that is not counted, so that a buffer of text can be read as a string.
 * Running out of memory ends the program; reaching the maximum is an error
 * that the caller sees.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

struct buf {
	char *data; /* NULL until something was stored */
	size_t len; /* bytes stored */
	size_t cap; /* bytes allocated */
	size_t max; /* len never exceeds this */
};

/* An empty buffer that grows to at most max bytes. */
void buf_init(struct buf *b, size_t max);

/* Frees what is stored; the buffer is empty and usable afterwards. */
void buf_release(struct buf *b);

/* Empties the buffer and keeps its memory. */
void buf_clear(struct buf *b);

/* The bytes as a string; "" for an empty buffer.  Borrowed. */
const char *buf_str(const struct buf *b);

/* Appends n bytes.  0, or -1 when the maximum would be passed: then nothing
 * was appended. */
int buf_append(struct buf *b, const void *bytes, size_t n);

/* Appends a string, or one byte. */
int buf_puts(struct buf *b, const char *text);
int buf_putc(struct buf *b, char c);

/* Appends as printf(3) does. */
int buf_printf(struct buf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int buf_vprintf(struct buf *b, const char *format, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* Makes room for n more bytes behind the stored ones and returns where they
 * go, or NULL when the maximum would be passed.  buf_grow then counts them. */
char *buf_room(struct buf *b, size_t n);
void buf_grow(struct buf *b, size_t n);

/* Removes the first n bytes, at most all. */
void buf_consume(struct buf *b, size_t n);

/* The stored bytes as a string of the caller's own (free it); the buffer is
 * empty afterwards. */
char *buf_steal(struct buf *b);

#endif
