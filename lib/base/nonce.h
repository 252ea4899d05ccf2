/*
 * Numbers that nobody can guess.
 */
#ifndef BASE_NONCE_H
#define BASE_NONCE_H

#include <stddef.h>

enum {
	NONCE_LEN = 32 /* hexadecimal digits: 128 bits */
};

/* Fills text with NONCE_LEN random digits and a NUL.  Ends the program where
 * the system has no random numbers. */
void nonce_make(char text[NONCE_LEN + 1]);

/* Fills n bytes with random ones. */
void nonce_bytes(void *bytes, size_t n);

#endif
