/*
 * A file without a name, for what is too much for memory.
 */
#ifndef FLEET_TEMPFILE_H
#define FLEET_TEMPFILE_H

/* Opens one in TMPDIR, or in /var/tmp, which is on a disk where /tmp may be
 * memory.  -1 with errno. */
int tempfile_open(void);

#endif
