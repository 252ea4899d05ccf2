/*
 * Dates of HTTP (RFC 9110 5.6.7).  Pure.
 */
#ifndef HTTP_DATE_H
#define HTTP_DATE_H

#include <stdint.h>

#include "http/view.h"

enum {
	DATE_LEN = 29 /* Sun, 06 Nov 1994 08:49:37 GMT */
};

/* Seconds since 1970 into text, with a NUL behind it.  Years 0 to 9999; what
 * lies outside is moved to the nearest end. */
void date_format(int64_t seconds, char text[DATE_LEN + 1]);

/* Parses any of the three forms: IMF-fixdate, RFC 850, asctime.  now decides
 * the century of a year of two digits (it is at most 50 years ahead).  0, or
 * -1 for anything else. */
int date_parse(struct view v, int64_t now, int64_t *seconds);

/* A date of the proleptic Gregorian calendar, UTC. */
struct date {
	int64_t year;
	int month, day; /* from 1 */
	int hour, minute, second;
	int weekday; /* 0: Sunday */
};
struct date date_split(int64_t seconds);

#endif
