/*
 * Numbers out of text, strictly: digits alone, no blank, no sign.
 */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stddef.h>
#include <stdint.h>

/* Parses exactly n bytes of decimal digits into *value, which is at most max.
 * 0, or -1 for anything else (then *value is untouched). */
int num_parse(const char *text, size_t n, uint64_t max, uint64_t *value);

/* The same for a whole string. */
int num_parse_str(const char *text, uint64_t max, uint64_t *value);

/* Seconds with up to three decimals ("1.5") into milliseconds.  0 or -1. */
int num_parse_seconds(const char *text, int64_t *ms);

/* The value of a hexadecimal digit, or -1. */
int num_hex_digit(char c);

#endif
