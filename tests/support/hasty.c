/*
 * fab-run in a hurry: linked with --wrap=deadline_in, so that what has a name
 * is awaited for a twentieth of its time.  Messages tell the time meant.
 */
#include "base/clock.h"

enum { HASTE = 20 };

struct deadline __real_deadline_in(
    int64_t span, const char *name, const char *option);
struct deadline __wrap_deadline_in(
    int64_t span, const char *name, const char *option);

struct deadline
__wrap_deadline_in(int64_t span, const char *name, const char *option)
{
	struct deadline d = __real_deadline_in(
	    name && span > 0 ? span / HASTE : span, name, option);

	d.span = span;
	return d;
}
