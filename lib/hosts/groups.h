/*
 * Where the hosts of @group are found: files of that name, and programs that
 * print what such a file would hold.
 */
#ifndef HOSTS_GROUPS_H
#define HOSTS_GROUPS_H

#include "base/buf.h"
#include "base/fault.h"

/* Reads the text of a group from the first of these directories that has it:
 * those of FAB_GROUPS (colons between them), ~/.config/fab/groups,
 * /etc/fab/groups, /etc/dsh/group.  A file that may be executed and begins
 * with "#!" or is an ELF file is run, for at most 10 s.  *path is where it was
 * found, the caller's.  -1 with a FAULT_USAGE, or a FAULT_SYSTEM for what
 * cannot be read or run. */
int groups_read(
    const char *name, struct buf *text, char **path, struct fault *f);

#endif
