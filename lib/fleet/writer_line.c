/*
 * The status line of a writer: it is drawn while nothing else is to be
 * written, once a second or soon after something has changed.
 */
#include <signal.h>

#include "base/clock.h"
#include "fleet/writer_internal.h"

/* For the handler of SIGWINCH and SIGCONT. */
static struct writer *_Atomic drawing;

static const struct statusline *
current_line(struct writer *w)
{
	const struct statusline *line;

	pthread_mutex_lock(&w->lock);
	line = w->stopping ? NULL : w->line;
	pthread_mutex_unlock(&w->lock);
	return line;
}

/* It may be drawn where no line of output is under way. */
static bool
line_has_turn(const struct writer *w)
{
	int i;

	for (i = 0; i < WRITER_STREAMS; i++) {
		const struct outlet *o = &w->streams[i].out;

		if (o->terminal && (!outlet_empty(o) || o->mid_line))
			return false;
	}
	return true;
}

int
writer_update_line(struct writer *w)
{
	const struct statusline *line = current_line(w);
	int64_t now, due;

	if (!line || !line_has_turn(w))
		return -1;
	now = clock_now();
	due = w->drawn +
	    (atomic_load(&w->changed) ? WRITER_SOON_MS : WRITER_LINE_MS);
	if (now < due)
		return (int)(due - now);
	atomic_store(&w->changed, false);
	w->drawn = now;
	statusline_draw(line);
	return WRITER_LINE_MS;
}

static void
handle_redraw(int number)
{
	struct writer *w = atomic_load(&drawing);

	(void)number;
	if (w)
		writer_touch_line(w);
}

void
writer_set_line(struct writer *w, const struct statusline *line)
{
	struct sigaction action = {.sa_handler = handle_redraw};

	pthread_mutex_lock(&w->lock);
	w->line = line;
	pthread_mutex_unlock(&w->lock);
	atomic_store(&drawing, line ? w : NULL);
	sigfillset(&action.sa_mask);
	action.sa_flags = SA_RESTART;
	sigaction(SIGWINCH, &action, NULL);
	sigaction(SIGCONT, &action, NULL);
	writer_touch_line(w);
}

void
writer_touch_line(struct writer *w)
{
	if (!atomic_exchange(&w->changed, true))
		wake_notify(&w->wake);
}

void
writer_forget_line(void)
{
	atomic_store(&drawing, NULL);
}
