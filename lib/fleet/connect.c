#include "fleet/connect.h"

#include "base/diag.h"

enum { CONNECT_AGAIN_MS = 1000 };

bool
connect_again(const struct fault *f)
{
	return f->class == FAULT_CONNECT || f->class == FAULT_LOST;
}

int
connect_pause(const struct target *target, struct connection *c, int64_t ms,
    struct fault *f)
{
	struct deadline end = deadline_in(ms, NULL, NULL);

	while (deadline_left(&end)) {
		int ret = 0;

		if (!c)
			ret = wait_poll(target->wait, NULL, 0, &end, f);
		else if (!connection_pump(c))
			ret = connection_wait(c, NULL, 0, &end, f);
		if (ret)
			return -1;
	}
	return 0;
}

struct connection *
connect_target(const struct target *t, struct fault *f)
{
	struct deadline end = deadline_in(t->wait_time, NULL, NULL);
	struct connection *c;
	bool told = false;

	for (;;) {
		c = connection_open(t->settings, t->access, t->wait, f);
		if (c || !t->wait_time || !connect_again(f))
			return c;
		if (!deadline_left(&end))
			break;
		if (!told)
			diag_note("%s: waiting for it: %s", t->label, f->text);
		told = true;
		if (connect_pause(t, NULL, CONNECT_AGAIN_MS, f))
			return NULL;
	}
	fault_prefix(f, "no connection in %lld s (--wait)",
	    (long long)t->wait_time / 1000);
	return NULL;
}
