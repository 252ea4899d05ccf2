#include "http/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/num.h"

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

struct address
address_of(const struct sockaddr *sa)
{
	struct address a = {{0}};

	if (sa->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)sa;

		memcpy(a.bytes, &in6->sin6_addr, 16);
	} else if (sa->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)sa;

		memcpy(a.bytes, mapped, 12);
		memcpy(a.bytes + 12, &in->sin_addr, 4);
	}
	return a;
}

static bool
is_mapped(const struct address *a)
{
	return !memcmp(a->bytes, mapped, 12);
}

void
address_format(const struct address *a, char text[ADDRESS_TEXT_MAX])
{
	text[0] = '\0';
	if (is_mapped(a))
		inet_ntop(AF_INET, a->bytes + 12, text, ADDRESS_TEXT_MAX);
	else
		inet_ntop(AF_INET6, a->bytes, text, ADDRESS_TEXT_MAX);
}

bool
address_is_loopback(const struct address *a)
{
	static const struct address one = {{[15] = 1}};

	return (is_mapped(a) && a->bytes[12] == 127) ||
	    !memcmp(a, &one, sizeof(one));
}

int
address_parse_net(const char *text, struct address_net *net)
{
	const char *slash = strchr(text, '/');
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	char address[ADDRESS_TEXT_MAX];
	uint64_t bits = 128;
	int base = 0;

	if (n >= sizeof(address))
		return -1;
	memcpy(address, text, n);
	address[n] = '\0';
	memcpy(net->address.bytes, mapped, 12);
	if (inet_pton(AF_INET, address, net->address.bytes + 12) == 1)
		base = 96;
	else if (inet_pton(AF_INET6, address, net->address.bytes) != 1)
		return -1;
	if (slash && num_parse_str(slash + 1, 128 - (uint64_t)base, &bits))
		return -1;
	net->bits = slash ? base + (int)bits : 128;
	return 0;
}

static bool
matches(const struct address *a, const struct address_net *net)
{
	size_t whole = (size_t)net->bits / 8;
	int rest = net->bits % 8;

	if (memcmp(a->bytes, net->address.bytes, whole))
		return false;
	return !rest ||
	    !((a->bytes[whole] ^ net->address.bytes[whole]) >> (8 - rest));
}

bool
address_in(const struct address *a, const struct address_nets *nets)
{
	size_t i;

	for (i = 0; i < nets->n; i++)
		if (matches(a, &nets->at[i]))
			return true;
	return false;
}
