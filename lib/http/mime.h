/*
 * Media types by the ending of a name.
 */
#ifndef HTTP_MIME_H
#define HTTP_MIME_H

/* The type of a file of this name, with its charset where it is text;
 * application/octet-stream for what is not known.  A constant. */
const char *mime_of(const char *name);

#endif
