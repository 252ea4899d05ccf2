/*
 * A file without a name, for what is too much for memory.
 */
#ifndef FLEET_TEMPFILE_H
#define FLEET_TEMPFILE_H

/* TMPDIR, or /var/tmp, which is on a disk where /tmp may be memory.
 * Borrowed. */
const char *tempfile_directory(void);

/* Opens one there, or else in /tmp.  -1 with errno. */
int tempfile_open(void);

#endif
