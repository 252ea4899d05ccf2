/*
 * An open file that several use: the bodies that are being sent from it, and
 * the store, which keeps it for the next.  Of one thread.
 */
#ifndef HTTP_FILE_H
#define HTTP_FILE_H

struct file {
	int fd;
	int users;
};

/* Takes the descriptor; one user. */
struct file *file_new(int fd);

/* One user more; returns the file. */
struct file *file_hold(struct file *f);

/* One user less, and the end of it with the last; NULL is none. */
void file_drop(struct file *f);

#endif
