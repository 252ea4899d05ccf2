/*
 * Memory that is there or the program ends: the one place where lib/ may
 * exit (status 125), for there is nothing that a caller could do about it.
 * Sizes that a peer controls are bounded before they come here.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* Zeroed memory for n elements of size bytes; an overflow ends the program. */
void *mem_alloc(size_t n, size_t size);

/* As realloc(3); new bytes are not set. */
void *mem_realloc(void *old, size_t size);

/* Copies of a string, and of the first n bytes of one. */
char *mem_strdup(const char *text);
char *mem_strndup(const char *text, size_t n);

/* A string made as by printf(3). */
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Ends the program with the message that memory is exhausted. */
_Noreturn void mem_exhausted(void);

/* As free(3). */
void mem_free(void *p);

/* size bytes, zeroed, in pages of their own: those that are never written to
 * take no memory, which of malloc(3)'s, used before by others, they would.
 * NULL may be freed. */
void *mem_pages(size_t size);
void mem_pages_free(void *p, size_t size);

/* Gives back the pages that the calling thread's stack has grown by below the
 * caller, and no longer needs: something deep has been done, and a long wait
 * comes.  Not for the main thread, whose stack it leaves alone. */
void mem_trim_stack(void);

#endif
