/*
 * A signal by the protocol's own request, which libssh2 has from 1.11 on.
 */
#include "ssh/transport.h"

#if LIBSSH2_VERSION_NUM >= 0x010b00
int
transport_signal(LIBSSH2_CHANNEL *channel, const char *name)
{
	return libssh2_channel_signal(channel, name) ? -1 : 0;
}
#else
int
transport_signal(LIBSSH2_CHANNEL *channel, const char *name)
{
	(void)channel;
	(void)name;
	return -1;
}
#endif
