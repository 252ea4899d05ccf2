/*
 * A descriptor that another thread, or a signal handler, makes readable: how
 * a thread that waits in poll(2) is told to look around.
 */
#ifndef BASE_WAKE_H
#define BASE_WAKE_H

struct wake {
	int read_fd; /* poll this for POLLIN */
	int write_fd;
};

/* 0, or -1 with errno. */
int wake_open(struct wake *w);
void wake_close(struct wake *w);

/* Makes it readable.  Safe in a signal handler; keeps errno. */
void wake_notify(const struct wake *w);

/* Makes it quiet again, before the caller looks at what may have changed. */
void wake_drain(const struct wake *w);

#endif
