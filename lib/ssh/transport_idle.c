/*
 * What a socket has not sent yet: only Linux tells.
 */
#include <sys/ioctl.h>
#ifdef __linux__
#include <linux/sockios.h>
#endif

#include "ssh/transport.h"

#ifdef SIOCOUTQNSD

static bool
is_sent(int fd)
{
	int unsent = 0;

	/* a pipe to a program does not tell either */
	return ioctl(fd, SIOCOUTQNSD, &unsent) || unsent == 0;
}

#else

static bool
is_sent(int fd)
{
	(void)fd;
	return true;
}

#endif

bool
transport_is_idle(const struct transport *t)
{
	return transport_queued(t) == 0 && is_sent(transport_fd(t));
}
