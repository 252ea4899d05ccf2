#include "fleet/deliver.h"

int
deliver(struct writer *w, enum writer_stream stream, const struct wait *wait,
    const char *bytes, size_t n)
{
	struct wait patient = *wait;
	struct deadline never = deadline_in(-1, "room", NULL);
	struct fault ignored;

	patient.patience = CANCEL_GENTLE;
	while (n > 0) {
		size_t room = writer_room(w, stream, wait->wake);
		size_t step = n < room ? n : room;

		if (!room && wait_poll(&patient, NULL, 0, &never, &ignored)) {
			writer_leave(w, wait->wake);
			return -1;
		}
		if (step)
			writer_put(w, stream, bytes, step);
		bytes += step;
		n -= step;
	}
	return 0;
}
