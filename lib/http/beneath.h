/*
 * Files beneath a directory: no path, whatever links are in it, leads out.
 * The kernel sees to that where it can (openat2); elsewhere the path is
 * walked component by component, each step relative to a directory that is
 * held open, so that no rename in between opens a way out.
 */
#ifndef HTTP_BENEATH_H
#define HTTP_BENEATH_H

#include <stdbool.h>
#include <sys/stat.h>

enum beneath_way {
	BENEATH_KERNEL,
	BENEATH_WALK,
	BENEATH_FOLLOW /* links may leave: the user said so */
};

struct beneath {
	int fd; /* the directory */
	enum beneath_way way;
};

/* Opens the directory and chooses the way.  0, or -1 with errno. */
int beneath_init(struct beneath *b, const char *dir, bool follow);
void beneath_release(struct beneath *b);

/* Opens a file or directory for reading, without waiting for the other end of
 * a FIFO.  path is relative; "" is the directory itself.  -1 with errno: EXDEV
 * where a link leaves the directory. */
int beneath_open(const struct beneath *b, const char *path);

/* What the same path names, without opening it, which is something to a
 * device.  0, or -1 with errno as above. */
int beneath_stat(const struct beneath *b, const char *path, struct stat *st);

#endif
