#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>

#include "base/wake.h"

static int
is_notified(const struct wake *w)
{
	struct pollfd p = {.fd = w->read_fd, .events = POLLIN};

	return poll(&p, 1, 0);
}

Test(base_wake, is_readable_until_it_is_drained)
{
	struct wake w;

	cr_assert_eq(wake_open(&w), 0);
	cr_expect_eq(is_notified(&w), 0);
	wake_drain(&w);
	wake_notify(&w);
	wake_notify(&w);
	cr_expect_eq(is_notified(&w), 1);
	wake_drain(&w);
	cr_expect_eq(is_notified(&w), 0);
	wake_close(&w);
}

Test(base_wake, any_number_of_notices_neither_blocks_nor_stays)
{
	struct wake w;
	int i;

	cr_assert_eq(wake_open(&w), 0);
	errno = EDOM;
	for (i = 0; i < 200000; i++)
		wake_notify(&w);
	cr_expect_eq(errno, EDOM, "errno is kept");
	wake_drain(&w);
	cr_expect_eq(is_notified(&w), 0);
	wake_notify(&w);
	cr_expect_eq(is_notified(&w), 1);
	wake_close(&w);
}
