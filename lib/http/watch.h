/*
 * Whether anything in a directory has changed: by inotify(7) of Linux, which
 * tells it before the call that changes something returns.
 */
#ifndef HTTP_WATCH_H
#define HTTP_WATCH_H

#include <stdbool.h>

/* Zeroed: watches nothing. */
struct watch {
	bool opened;
	int fd; /* kept: closing one waits for the whole kernel */
	int wd; /* 0: none */
};

void watch_release(struct watch *w);

/* From now on watches the directory at this absolute path, which is open as
 * dir: names in it, and size, times and content of its files.  false where
 * that cannot be relied upon: a network's file system, no inotify, another
 * directory at the path. */
bool watch_start(struct watch *w, const char *path, int dir);

/* Whether nothing has changed since the start; false when nothing is watched.
 * What is in its subdirectories, where links lead to, and what is written by
 * another name of the same file or through mmap(2) does not show. */
bool watch_is_silent(struct watch *w);
void watch_stop(struct watch *w);

#endif
